import type { Answer } from '../gateway/answer.ts'
import type { Reply } from '../gateway/reply.ts'

/** One way for a call to go wrong (or oddly but legally). */
export interface Fault {
  /** What happens, as one line of the README's table. */
  doc: string
  /** True when `at` matters: the fault begins after that many deltas of the answer, 0 up to all of them. */
  positional: boolean
  reply(scene: FaultScene): Reply
}

export interface FaultScene {
  answer: Answer
  at: number
  /** A time of the real gateway, scaled down for those who cannot wait. */
  scaled: (ms: number) => number
  /** What was asked, for a gateway that sends it back. */
  asked: { headers: Record<string, unknown>; body: string }
}
