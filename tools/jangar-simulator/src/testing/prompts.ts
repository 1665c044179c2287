import type { ArtifactNode, ChatMessage, Demonstration, ReviewRequest } from '@torghut/contracts'
import { deskLabel } from '@torghut/market-replay/desk-rules'
import { nonceFrom, renderMessages, soloSeedArtifact } from '@torghut/programs'

import type { EntryRule } from './requests.ts'
import { requestUnder } from './requests.ts'

/** What a person at the desk would write down, one sentence a rule. */
export const DESK_HANDBOOK: Readonly<Record<EntryRule, string>> = {
  'panic-volatility': 'Veto any new risk when realised volatility is at a panic level.',
  'chasing-extreme': 'Veto a trade whose RSI is already extreme on its own side.',
  'long-into-stressed-downtrend': 'Veto a new long in a downtrend while volatility is raised.',
  'short-against-calm-uptrend': 'Veto a new short against a calm uptrend.',
  'medium-stress': 'Adjust to half the size when volatility is raised short of panic.',
  'overextended-trend':
    'Adjust to half the size when the close is far from its 50-day mean on the side of the trade.',
  'ordinary-risk': 'Approve every other trade.',
}

export const handbook = Object.values(DESK_HANDBOOK).join('\n')

/** The nonce of a call, made from its number. */
export function nonceOf(call: number): string {
  return nonceFrom(
    Uint8Array.from({ length: 64 }, (_, index) => (call * 31 + index * 97 + index * index * 13) % 256),
  )
}

/**
 * A prompt as the review program renders it: seed instructions, `added` below them, worked
 * examples, the request.
 */
export function promptFor(
  request: ReviewRequest,
  {
    added = '',
    demonstrations = [],
    call = 1,
  }: { added?: string; demonstrations?: Demonstration[]; call?: number } = {},
): ChatMessage[] {
  const seed = soloSeedArtifact('gpt-5.3-codex-spark').nodes[0] as ArtifactNode
  const instructions = added === '' ? seed.instructions : `${seed.instructions}\n\n${added}`
  return renderMessages({ ...seed, instructions, demonstrations }, request, nonceOf(call))
}

/** A worked example under a rule; `verdict` overrides the desk's label to make a wrong one. */
export function exampleUnder(rule: EntryRule, variant: number, verdict?: 'approve' | 'veto'): Demonstration {
  const request = requestUnder(rule, variant)
  const shown = verdict ?? deskLabel(request).label
  const probabilities = {
    approve: 0.05,
    veto: 0.05,
    adjust: 0.05,
    abstain: 0.05,
    escalate: 0.05,
    [shown]: 0.8,
  }
  return {
    input: { ...request },
    output: {
      verdict: shown,
      confidence: 0.8,
      rationale: 'As the desk decided',
      probabilities,
      adjustedQty: shown === 'adjust' ? '10' : null,
    },
  }
}
