import type { Answer } from '../gateway/answer.ts'
import { deltaEvents, endEvents } from '../gateway/answer.ts'

/** The first `at` deltas of an answer, as steps. */
export function head(answer: Answer, at: number): { send: string }[] {
  return steps(deltaEvents(answer).slice(0, at))
}

/** Everything after them, to the end of the stream. */
export function tail(answer: Answer, at: number): { send: string }[] {
  return steps([...deltaEvents(answer).slice(at), ...endEvents(answer)])
}

export function steps(events: readonly string[]): { send: string }[] {
  return events.map((send) => ({ send }))
}
