import type { ProgramOutput } from '@torghut/contracts'

import { ANSWER_FIELDS } from './answer-schema.ts'
import type { AnswerField } from './answer-schema.ts'
import { decimalText, encodeDecimal } from './decimal-code.ts'
import { frameAnswer } from './frame.ts'
import { safeJsonLine } from './safe-json-line.ts'
import { NONE_WORD } from './words.ts'

/**
 * Writes an output the way a model is asked to: coded, on one line, framed with the nonce. Numbers keep 8 decimals.
 * Throws `UncodableDecimalError` for a quantity or price without a code form.
 */
export function encodeAnswer(output: ProgramOutput, nonce: string): string {
  return frameAnswer(encodeAnswerJson(output), nonce)
}

/** The same without its frame. */
export function encodeAnswerJson(output: ProgramOutput): string {
  return safeJsonLine(Object.fromEntries(ANSWER_FIELDS.map((field) => [field.name, encodeField(field, output)])))
}

function encodeField({ name, travels }: AnswerField, output: ProgramOutput): unknown {
  const value = output[name]
  switch (travels.kind) {
    case 'word':
      return typeof value === 'string' ? travels.words[value] : NONE_WORD
    case 'number':
      return encodeDecimal(decimalText(Number(value)))
    case 'probabilities':
      return Object.fromEntries(
        Object.entries(output.probabilities).map(([verdict, share]) => [verdict, encodeDecimal(decimalText(share))]),
      )
    case 'quantity':
      return typeof value === 'string' ? encodeDecimal(value) : NONE_WORD
    case 'text':
    case 'list':
      return value
  }
}
