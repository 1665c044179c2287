import type { ArtifactNode, ChatMessage, CompletionResult, FallbackCause, ProgramOutput } from '@torghut/contracts'
import { REQUIRED_CHECKS } from '@torghut/contracts'
import { decodeAnswer, extractFramedAnswer, nonceFrom, renderMessages, soloSeedArtifact } from '@torghut/programs'
import { sampleRequest } from '@torghut/programs/testing'

/** What one review asks the model, and the nonce its answer has to carry. */
export interface ReviewPrompt {
  nonce: string
  messages: readonly ChatMessage[]
}

/** Rules the simulated model knows how to follow, so that its answers hold quantities too. */
const RULES = [
  'Veto any new risk when realised volatility is at a panic level.',
  'Adjust to half the size when volatility is raised short of panic.',
  'Approve every other trade.',
].join('\n')

/** Prompts whose answers differ: one trade under each of the rules above. */
export function reviewPrompts(model: string): ReviewPrompt[] {
  return ['0.009', '0.015', '0.03'].map((volatility, index) => {
    const nonce = nonceFrom(Uint8Array.from({ length: 24 }, (_, at) => (index * 31 + at * 97 + at * at * 13) % 256))
    const seed = soloSeedArtifact(model).nodes[0] as ArtifactNode
    const node = { ...seed, instructions: `${seed.instructions}\n\n${RULES}` }
    const { decision } = sampleRequest()
    const params = { rsi: '50', volatility, price: '182.30' }
    return { nonce, messages: renderMessages(node, sampleRequest({ decision: { ...decision, params } }), nonce) }
  })
}

export type Read = { ok: true; output: ProgramOutput } | { ok: false; cause: FallbackCause; detail: string }

/** What the program makes of a call, the way it does it: transport, frame, decoder. */
export function readAnswer(result: CompletionResult, nonce: string): Read {
  if (!result.ok) return { ok: false, cause: result.cause, detail: result.detail }
  const framed = extractFramedAnswer(result.content.trim(), nonce)
  if (!framed.ok) return framed
  const decoded = decodeAnswer(framed.text)
  return decoded.ok ? { ok: true, output: decoded.output } : decoded
}

/** The values a verdict is made of: damage may never change one of them unseen. */
export function decidingValues(output: ProgramOutput): unknown {
  const { verdict, confidence, probabilities, uncertaintyBand } = output
  const { adjustedQty, adjustedOrderType, limitPrice } = output
  return { verdict, confidence, probabilities, uncertaintyBand, adjustedQty, adjustedOrderType, limitPrice }
}

/**
 * What the policy makes of the required checks: one it does not know is a veto. Damage may lead to that
 * veto; it may neither lift it nor drop a check.
 */
export function checksAsJudged({ requiredChecks }: ProgramOutput): readonly string[] | 'veto' {
  const known: readonly string[] = REQUIRED_CHECKS
  return requiredChecks.every((check) => known.includes(check)) ? [...new Set(requiredChecks)].sort() : 'veto'
}
