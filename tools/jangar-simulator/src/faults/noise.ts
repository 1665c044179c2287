import { findNonce } from '@torghut/programs'

import type { Answer } from '../gateway/answer.ts'
import { chunkEvent, choice, deltaEvents, endEvents, streamOf } from '../gateway/answer.ts'
import type { Reply } from '../gateway/reply.ts'
import { splitInto } from '../gateway/split-deltas.ts'
import type { Fault } from './fault.ts'
import { FOREIGN_ANSWER, LIMITS_NOTICE, SEARCH_QUERY, TOOL_OUTPUT, draftAnswer } from './foreign-text.ts'
import { losingSplit } from './losing-split.ts'
import { head, steps, tail } from './parts.ts'

/** Streams in order whose text is not, or not only, the answer. */
export const NOISE_FAULTS = {
  tool_output: {
    doc: 'a shell command whose output is a JSON object with a verdict, written into the text',
    positional: true,
    reply: ({ answer, at }) => inserted(answer, at, [TOOL_OUTPUT]),
  },
  search_query: {
    doc: 'a web search, written into the text without a line break',
    positional: true,
    reply: ({ answer, at }) => inserted(answer, at, [SEARCH_QUERY]),
  },
  limits_notice: {
    doc: 'a notice of account limits, written into the text',
    positional: true,
    reply: ({ answer, at }) => inserted(answer, at, [LIMITS_NOTICE]),
  },
  repeated_delta: {
    doc: 'a delta is delivered twice',
    positional: true,
    reply: ({ answer, at }) => inserted(answer, at, answer.deltas.slice(Math.max(0, at - 1), Math.max(1, at))),
  },
  lost_repeat: {
    doc: 'the deltas fall so that one equals the one before, and the gateway drops it',
    positional: true,
    reply: ({ answer, at }) => whole({ ...answer, deltas: losingSplit(answer.deltas.join(''), at) }),
  },
  foreign_answer: {
    doc: 'a whole framed answer to another call, written into the text',
    positional: true,
    reply: ({ answer, at }) => inserted(answer, at, splitInto(FOREIGN_ANSWER, 5)),
  },
  second_answer: {
    doc: 'a second answer of this call, with another verdict',
    positional: true,
    reply: ({ answer, at }) => inserted(answer, at, splitInto(draftAnswer(nonceOf(answer)), 5)),
  },
  foreign_deltas: {
    doc: 'from here on the chunks of another completion',
    positional: true,
    reply: ({ answer, at }) => {
      const other = { ...answer, id: `chatcmpl-other-${answer.id.slice(-12)}`, deltas: splitInto(FOREIGN_ANSWER, 5) }
      return streamOf(answer, [...head(answer, at), ...tail(other, 0)])
    },
  },
  reasoning_draft: {
    doc: 'a draft of another answer in the reasoning, which is not the answer (legal)',
    positional: true,
    reply: ({ answer, at }) => {
      const draft = chunkEvent(answer, { choices: [choice({ reasoning_content: draftAnswer(nonceOf(answer)) })] })
      return streamOf(answer, [...head(answer, at), { send: draft }, ...tail(answer, at)])
    },
  },
} as const satisfies Record<string, Fault>

function inserted(answer: Answer, at: number, pieces: readonly string[]): Reply {
  return whole({ ...answer, deltas: [...answer.deltas.slice(0, at), ...pieces, ...answer.deltas.slice(at)] })
}

function whole(answer: Answer): Reply {
  return streamOf(answer, steps([...deltaEvents(answer), ...endEvents(answer)]))
}

/** The nonce the prompt asks for; a prompt that asks for none gets a draft nobody looks for. */
function nonceOf({ chat }: Answer): string {
  return findNonce(chat.messages.map(({ content }) => content).join('\n')) ?? 'abcdefghijklmnop'
}
