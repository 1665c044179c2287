import { PRE_TRADE_GATES } from '../decision/pre-trade/pre-trade-gates.ts'
import { gatherFacts } from '../decision/pre-trade/facts.ts'
import type { PreTradeEvidence, PreTradeFacts } from '../decision/pre-trade/facts.ts'
import { outcomeOf } from '../decision/pre-trade/gate.ts'
import type { GateName } from '../decision/gate-order.ts'
import { originalOrder } from '../decision/original-order.ts'
import { DECIDED_AT, changed, sampleAdvice, sampleControls, samplePolicy, sampleSubmission } from './samples.ts'
import type { Changes } from './samples.ts'

/** What the pre-trade gates are told of the sample order, with each dotted path changed. */
export function sampleEvidence(changes: Changes = {}): PreTradeEvidence {
  const evidence: PreTradeEvidence = {
    submission: sampleSubmission(),
    advice: sampleAdvice(),
    llmSkipped: null,
    policy: samplePolicy(),
    controls: sampleControls(),
    decidedAt: DECIDED_AT,
    stage: 'paper',
    durable: true,
  }
  return changed(evidence, changes)
}

/** The facts of the sample order. Throws where the evidence has holes that leave none. */
export function sampleFacts(changes: Changes = {}): PreTradeFacts {
  const evidence = sampleEvidence(changes)
  const facts = gatherFacts(evidence, originalOrder(evidence.submission))
  if (facts === null) throw new Error('No facts to be read')
  return facts
}

/** One gate's outcome on the sample order. Throws for a name that is no pre-trade gate's. */
export function judgeSample(name: GateName, changes: Changes = {}) {
  const gate = PRE_TRADE_GATES.find(({ about }) => about.gate === name)
  if (gate === undefined) throw new Error(`No pre-trade gate "${name}"`)
  const evidence = sampleEvidence(changes)
  return outcomeOf(gate, gatherFacts(evidence, originalOrder(evidence.submission)))
}

/** The same in a word: "passed", "stated <absence>" or the code. */
export function wordOn(name: GateName, changes: Changes = {}): string {
  const outcome = judgeSample(name, changes)
  if (!outcome.passed) return outcome.code
  const { stated } = outcome.evidence
  return stated === undefined ? 'passed' : `stated ${String(stated)}`
}
