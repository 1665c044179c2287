import { ANSWER_FIELDS } from '../signature/trade-review.ts'
import type { AnswerField } from './answer-field.ts'
import { decimalText, encodeDecimal } from './decimal-code.ts'
import { frameAnswer } from './frame.ts'
import { safeJsonLine } from './safe-json-line.ts'
import { NONE_WORD } from './words.ts'

/**
 * Writes an output the way a model is asked to: coded, on one line, framed with the nonce. Numbers keep 8 decimals. The
 * fields are those of the output's signature; the deciding answer's when none are given.
 * Throws `UncodableDecimalError` for a quantity or price without a code form.
 */
export function encodeAnswer(output: object, nonce: string, fields: readonly AnswerField[] = ANSWER_FIELDS): string {
  return frameAnswer(encodeAnswerJson(output, fields), nonce)
}

/** The same without its frame. */
export function encodeAnswerJson(output: object, fields: readonly AnswerField[] = ANSWER_FIELDS): string {
  const values: Record<string, unknown> = { ...output }
  return safeJsonLine(Object.fromEntries(fields.map((field) => [field.name, encodeField(field, values[field.name])])))
}

function encodeField({ travels }: AnswerField, value: unknown): unknown {
  switch (travels.kind) {
    case 'word':
      return typeof value === 'string' ? travels.words[value] : NONE_WORD
    case 'number':
      return encodeDecimal(decimalText(Number(value)))
    case 'probabilities':
      return Object.fromEntries(
        Object.entries(Object(value)).map(([key, share]) => [key, encodeDecimal(decimalText(Number(share)))]),
      )
    case 'quantity':
      return typeof value === 'string' ? encodeDecimal(value) : NONE_WORD
    case 'text':
    case 'list':
      return value
  }
}
