import type { GateOutcome } from '@torghut/contracts'

import { denied, errorName, passed } from '../../evidence/outcome.ts'
import type { Evidence } from '../../evidence/outcome.ts'
import type { GateAbout } from '../gate-about.ts'
import type { PreTradeFacts } from './facts.ts'

/** Something a gate needs and nobody sent or configured. Paper passes and states it, live denies with it as code. */
export type Absence = 'limit_not_configured' | 'gate_state_missing' | 'market_context_missing'

/** What a gate found. `unreadable`: something was sent that cannot be judged, which denies everywhere. */
export type Finding = 'passed' | 'breached' | 'unreadable' | Absence

/**
 * One pre-trade gate. Judging allocates nothing and telling is apart from it, so that asking all gates whether a model
 * is worth calling costs next to nothing.
 */
export interface PreTradeGate {
  about: GateAbout & { codes: readonly [code: string] }
  judge(facts: PreTradeFacts): Finding
  /** What was looked at; only called for facts that were read. */
  evidence(facts: PreTradeFacts): Evidence
}

const ABSENCES: readonly string[] = ['limit_not_configured', 'gate_state_missing', 'market_context_missing'] satisfies Absence[]

/** The code a gate denies with, or null when it lets the order pass. Never throws; what is no finding denies. */
export function denialOf(gate: PreTradeGate, facts: PreTradeFacts | null): string | null {
  return codeOf(gate, findingOf(gate, facts), facts)
}

/** The same with its evidence, as it is stored. */
export function outcomeOf(gate: PreTradeGate, facts: PreTradeFacts | null): GateOutcome {
  const { gate: name } = gate.about
  const finding = findingOf(gate, facts)
  const code = codeOf(gate, finding, facts)
  try {
    const evidence = facts === null ? {} : gate.evidence(facts)
    if (code !== null) return denied(name, code, evidence)
    if (finding !== 'passed') evidence['stated'] = finding
    return passed(name, evidence)
  } catch (error) {
    return denied(name, 'evidence_unreadable', { error: errorName(error) })
  }
}

function findingOf(gate: PreTradeGate, facts: PreTradeFacts | null): Finding {
  // Stryker disable next-line StringLiteral: whatever is no finding denies in the same way
  let finding: Finding = 'unreadable'
  try {
    if (facts !== null) finding = gate.judge(facts)
  } catch {
    // A gate that cannot judge has found nothing.
  }
  return finding
}

function codeOf(gate: PreTradeGate, finding: Finding, facts: PreTradeFacts | null): string | null {
  if (finding === 'passed') return null
  if (finding === 'breached') return gate.about.codes[0]
  if (!ABSENCES.includes(finding)) return 'evidence_unreadable'
  // Stryker disable next-line OptionalChaining: without facts the finding is no absence, and was answered above
  return facts?.mode === 'paper' ? null : finding
}
