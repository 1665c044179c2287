import type { CompletionRequest, ProgramOutput } from '@torghut/contracts'

import { encodeAnswer } from '../answer/encode-answer.ts'
import { SIGNATURES } from '../signature/registry.ts'
import { answeringTransport } from './fake-transport.ts'
import type { FakeTransport } from './fake-transport.ts'
import { sampleOutput } from './samples.ts'

/** What each node of the committee answers; a text is sent as it is. */
export interface CommitteeAnswers {
  signal_synthesis: object | string
  counter_thesis: object | string
  risk_critic: object | string
  decision_schema: ProgramOutput | string
}

export type CommitteeNode = keyof CommitteeAnswers

/** Answers of a committee that has nothing against the trade, with what a test wants changed by node. */
export function sampleCommittee(changes: { [Node in CommitteeNode]?: object | string } = {}): CommitteeAnswers {
  const member = {
    verdict: 'approve',
    confidence: 0.7,
    uncertaintyBand: 'medium',
    rationaleShort: 'Nothing speaks against it',
    requiredChecks: ['risk_engine'],
    riskFlags: [],
  }
  const own = {
    signal_synthesis: { thesis: 'Momentum agrees.', supporting: ['decision.qty'], conflicting: [], expectedEdge: 0.6 },
    counter_thesis: { counterThesis: 'The move is late.', failureModes: ['reversal'], citations: ['decision.qty'], strength: 0.3 },
    risk_critic: { maxQtyMultiplier: 1 },
  }
  const changed = (node: 'signal_synthesis' | 'counter_thesis' | 'risk_critic') => {
    const change = changes[node]
    return typeof change === 'string' ? change : { ...member, ...own[node], ...change }
  }
  const judge = changes.decision_schema
  return {
    signal_synthesis: changed('signal_synthesis'),
    counter_thesis: changed('counter_thesis'),
    risk_critic: changed('risk_critic'),
    decision_schema: typeof judge === 'string' ? judge : sampleOutput(judge as Partial<ProgramOutput>),
  }
}

/** A transport on which every node of the committee gives its answer, whatever order they are asked in. */
export function committeeTransport(answers: CommitteeAnswers): FakeTransport {
  return answeringTransport((nonce, request) => {
    const node = askedNode(request)
    const answer = answers[node]
    return typeof answer === 'string' ? answer : encodeAnswer(answer, nonce, fieldsOf(node))
  })
}

/** The node a prompt is for, told by the answer it asks for. */
export function askedNode({ messages }: CompletionRequest): CommitteeNode {
  const prompt = messages[0]?.content ?? ''
  if (prompt.includes('\n- thesis: ')) return 'signal_synthesis'
  if (prompt.includes('\n- counterThesis: ')) return 'counter_thesis'
  return prompt.includes('\n- maxQtyMultiplier: ') ? 'risk_critic' : 'decision_schema'
}

const SIGNATURE_NAMES: Readonly<Record<CommitteeNode, string>> = {
  signal_synthesis: 'torghut.committee.signal-synthesis.v1',
  counter_thesis: 'torghut.committee.counter-thesis.v1',
  risk_critic: 'torghut.committee.risk-critic.v1',
  decision_schema: 'torghut.dspy.trade-review.v1',
}

function fieldsOf(node: CommitteeNode) {
  return SIGNATURES.get(SIGNATURE_NAMES[node])?.fields ?? []
}
