import { z } from 'zod'

import { inspectJson } from '../canonical/inspect-json.ts'
import { Sha256, Timestamp, ruleIssue, text } from '../scalars.ts'
import { completionKey } from './completion.ts'

/** Longest message or answer kept, in UTF-16 units: far above the largest prompt a program renders. */
const CONTENT_LENGTH_MAX = 2 * 1024 * 1024

const Message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().max(CONTENT_LENGTH_MAX),
})

const Usage = z.strictObject({
  prompt_tokens: z.int().min(0),
  completion_tokens: z.int().min(0),
  total_tokens: z.int().min(0),
})

/** A lone surrogate has no bytes, so it is stored as U+FFFD; whoever asked first judges the stored text as well. */
const AnswerText = z.string().max(CONTENT_LENGTH_MAX).overwrite((content) => content.toWellFormed())

/**
 * One model call of a compile or an evaluation, under the key its request has on every machine. The first stored
 * answer wins: a later one for the same key is dropped, so that a replay meets what the first run met. Only whole
 * answers are stored; a call that failed on its way is void and may be made again.
 */
export const CompletionLedgerRow = z
  .strictObject({
    schema_version: z.literal('torghut.completion.v1'),
    completion_key: Sha256,
    purpose: text(256),
    variant: z.int().min(0),
    request: z.strictObject({ model: text(128), messages: z.array(Message).min(1).max(256) }),
    answer: z.strictObject({ content: AnswerText, usage: Usage.nullable() }),
    simulated: z.boolean(),
    answered_at: Timestamp,
  })
  .check(({ value, issues }) => {
    if (inspectJson({ purpose: value.purpose, request: value.request }).length > 0) {
      issues.push(ruleIssue('unsafe_text', 'The request holds NUL or a lone surrogate', value, ['request']))
      return
    }
    if (completionKey(value.request, value.purpose, value.variant) === value.completion_key) return
    const message = 'The key is not that of the request'
    issues.push(ruleIssue('key_mismatch', message, value.completion_key, ['completion_key']))
  })
export type CompletionLedgerRow = z.output<typeof CompletionLedgerRow>
