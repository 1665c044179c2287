import { deltaOf, doneLine, stopOf, usageOf } from '@torghut/jangar-transport/testing'
import { encodeAnswer } from '@torghut/programs'
import { SAMPLE_NONCE, sampleOutput } from '@torghut/programs/testing'

/** Typical of an answer of the seed program; the gateway writes each delta on its own. */
export const DELTAS = 40

/** A whole answer as a program reads it. */
export const answerText: string = encodeAnswer(sampleOutput(), SAMPLE_NONCE)

/** Its stream as the gateway frames it, one text a write: forty deltas, usage, stop and the end mark. */
export const answerWrites: readonly string[] = [
  ...pieces(answerText, DELTAS).map(deltaOf),
  usageOf(900, 120, 1020),
  stopOf(),
  doneLine,
]

function pieces(text: string, count: number): string[] {
  const at = (index: number) => Math.floor((index * text.length) / count)
  return Array.from({ length: count }, (_, index) => text.slice(at(index), at(index + 1)))
}
