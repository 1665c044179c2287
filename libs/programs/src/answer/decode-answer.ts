import { inspectJson, readJson, toValidationIssues } from '@torghut/contracts'
import type { FallbackCause, ProgramOutput, ValidationIssue } from '@torghut/contracts'

import type { Signature } from '../signature/signature.ts'
import { tradeReview } from '../signature/trade-review.ts'
import type { AnswerField, AnswerFieldKind } from './answer-field.ts'
import { decodeDecimal } from './decimal-code.ts'
import { hasDuplicateKeys } from './duplicate-keys.ts'
import { NONE_WORD } from './words.ts'

/** Longest detail of a refusal, in characters: it is stored with the review. */
const DETAIL_LENGTH_MAX = 500

/** How many unknown keys are named, and how much of each: they are the model's own text. */
const IGNORED_KEYS_MAX = 32
const IGNORED_KEY_LENGTH_MAX = 64

/** The part of a signature an answer is read by. */
export type AnswerShape<Output> = Pick<Signature<Output>, 'fields' | 'output'>

export type DecodedAnswer<Output> =
  | { ok: true; output: Output; ignoredKeys: string[]; strictlyValid: boolean }
  | UnreadAnswer

interface UnreadAnswer {
  ok: false
  cause: Extract<FallbackCause, 'answer_altered' | 'advice_invalid' | 'unsafe_text'>
  detail: string
}

/**
 * Reads the text between the markers. A deciding value that is not in its exact form means the text was altered on the
 * way; a readable answer that breaks the schema is invalid. Unknown keys are dropped and named, never a refusal. The
 * shape is a signature's; the deciding answer's when none is given.
 */
export function decodeAnswer(text: string): DecodedAnswer<ProgramOutput>
export function decodeAnswer<Output>(text: string, shape: AnswerShape<Output>): DecodedAnswer<Output>
export function decodeAnswer(text: string, shape: AnswerShape<unknown> = tradeReview): DecodedAnswer<unknown> {
  const answer = parseObject(text)
  if (answer === null) return { ok: false, cause: 'answer_altered', detail: 'The answer is not a JSON object' }
  if (hasDuplicateKeys(text)) return { ok: false, cause: 'answer_altered', detail: 'The answer names a field twice' }
  const findings = inspectJson(answer)
  if (findings.length > 0) return refuseFindings(findings)
  const fields: Record<string, unknown> = {}
  for (const { name, travels } of shape.fields) {
    const decoded = decodeField(travels, answer[name])
    if (!decoded.ok) return { ok: false, cause: 'answer_altered', detail: `Field "${name}" is not in its exact form` }
    fields[name] = decoded.value
  }
  const parsed = shape.output.safeParse(fields, { reportInput: true })
  if (!parsed.success) return { ok: false, cause: 'advice_invalid', detail: issueList(toValidationIssues(parsed.error)) }
  const ignoredKeys = unknownKeys(answer, shape.fields)
  return { ok: true, output: parsed.data, ignoredKeys, strictlyValid: ignoredKeys.length === 0 }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const { value, hasUnsafeKey } = readJson(text)
    if (hasUnsafeKey) return null
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

type DecodedField = { ok: true; value: unknown } | { ok: false }

function decodeField(travels: AnswerFieldKind, value: unknown): DecodedField {
  switch (travels.kind) {
    case 'word':
      return decodeWord(travels.words, travels.optional, value)
    case 'number':
      return decodeNumber(value)
    case 'probabilities':
      return decodeProbabilities(travels.keys, value)
    case 'quantity':
      return value === NONE_WORD ? { ok: true, value: null } : decodeQuantity(value)
    case 'list':
      // A list that is not there reads like an empty one, and a required check would be lost with its key.
      return value === undefined ? { ok: false } : { ok: true, value }
    case 'text':
      return { ok: true, value }
  }
}

function decodeWord(words: Readonly<Record<string, string>>, optional: boolean, value: unknown): DecodedField {
  if (optional && value === NONE_WORD) return { ok: true, value: null }
  const found = Object.entries(words).find(([, word]) => word === value)
  return found === undefined ? { ok: false } : { ok: true, value: found[0] }
}

function decodeQuantity(value: unknown): DecodedField {
  const decimal = typeof value === 'string' ? decodeDecimal(value) : null
  return decimal === null ? { ok: false } : { ok: true, value: decimal }
}

function decodeNumber(value: unknown): DecodedField {
  const decoded = decodeQuantity(value)
  return decoded.ok ? { ok: true, value: Number(decoded.value) } : decoded
}

function decodeProbabilities(keys: readonly string[], value: unknown): DecodedField {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { ok: false }
  const shares = Object.entries(value).map(([key, code]) => ({ key, share: decodeNumber(code) }))
  const complete = keys.every((key) => Object.hasOwn(value, key))
  if (!complete || shares.length !== keys.length) return { ok: false }
  const decoded: Record<string, unknown> = {}
  for (const { key, share } of shares) {
    if (!share.ok) return { ok: false }
    decoded[key] = share.value
  }
  return { ok: true, value: decoded }
}

function refuseFindings(findings: readonly ValidationIssue[]): UnreadAnswer {
  const unsafe = findings.some(({ code }) => code === 'unsafe_text')
  return { ok: false, cause: unsafe ? 'unsafe_text' : 'advice_invalid', detail: issueList(findings) }
}

/** Paths and codes only: the model's own sentences do not belong in a log line. */
function issueList(issues: readonly ValidationIssue[]): string {
  const list = issues.map(({ path, code }) => `${printable(path) || 'answer'}: ${code}`).join(', ')
  return list.length <= DETAIL_LENGTH_MAX ? list : `${list.slice(0, DETAIL_LENGTH_MAX - 1)}…`
}

function unknownKeys(answer: Record<string, unknown>, fields: readonly AnswerField[]): string[] {
  const known = new Set(fields.map(({ name }) => name))
  return Object.keys(answer)
    .filter((key) => !known.has(key))
    .sort()
    .slice(0, IGNORED_KEYS_MAX)
    .map((key) => printable(key).slice(0, IGNORED_KEY_LENGTH_MAX))
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?')
}
