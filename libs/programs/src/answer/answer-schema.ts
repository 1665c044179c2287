import type { AnswerField, AnswerFieldKind } from './answer-field.ts'
import { encodeDecimal } from './decimal-code.ts'
import { NONE_WORD } from './words.ts'

/** Stored in every artifact: an artifact made for another answer format is not run with this one. */
export const ANSWER_SCHEMA_VERSION = 'torghut.answer.v1'

/** The text a model is shown about an answer's fields, one line a field, made from the table that is enforced. */
export function describeAnswer(fields: readonly AnswerField[]): string {
  const examples = ['0.64', '182.30', '7'].map((text) => `${text} is written "${encodeDecimal(text)}"`)
  return [
    'The answer is one compact JSON object on one line with these fields, each exactly once:',
    ...fields.map((field) => `- ${field.name}: ${describeKind(field.travels)}; ${field.doc}`),
    'A code is a decimal number as a JSON string: how many digits stand before the point, a full stop, how many',
    'after it, a colon, then every digit behind the letter of its place (a for the first, b for the second, and so',
    `on). So ${examples.join(', ')}. Never write these numbers in any other way.`,
  ].join('\n')
}

function describeKind(travels: AnswerFieldKind): string {
  switch (travels.kind) {
    case 'word':
      return `one of ${quoted([...Object.values(travels.words), ...(travels.optional ? [NONE_WORD] : [])])}`
    case 'number':
      return 'a code between 0 and 1, two decimals'
    case 'probabilities':
      return `an object of ${travels.keys.length} codes between 0 and 1, with the keys ${quoted(travels.keys)}`
    case 'quantity':
      return `a code above 0, or "${NONE_WORD}"`
    case 'text':
      return `text of at most ${travels.lengthMax} characters${travels.optional ? ', or null' : ''}`
    case 'list':
      return `a list of at most ${travels.itemsMax} texts of at most ${travels.itemLengthMax} characters each`
  }
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ')
}
