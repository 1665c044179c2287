import { AdviceVerdict, RATIONALE_LENGTH_MAX, REQUIRED_CHECKS } from '@torghut/contracts'
import type { ProgramOutput } from '@torghut/contracts'

import { encodeDecimal } from './decimal-code.ts'
import { BAND_WORDS, NONE_WORD, ORDER_TYPE_WORDS, VERDICT_WORDS } from './words.ts'

/** Stored in every artifact: an artifact made for another answer format is not run with this one. */
export const ANSWER_SCHEMA_VERSION = 'torghut.answer.v1'

/** How a field travels. `word`, `number`, `quantity` and `probabilities` decide and go in protected form. */
export type AnswerFieldKind =
  | { kind: 'word'; words: Readonly<Record<string, string>>; optional: boolean }
  | { kind: 'number' }
  | { kind: 'probabilities' }
  | { kind: 'quantity' }
  | { kind: 'text'; lengthMax: number; optional: boolean }
  | { kind: 'list'; itemsMax: number; itemLengthMax: number }

export interface AnswerField {
  name: keyof ProgramOutput
  travels: AnswerFieldKind
  doc: string
}

/** List bounds are those of the contract's program output; a test holds each against it. */
const LIST = { kind: 'list', itemsMax: 32, itemLengthMax: 128 } as const

/** The answer, field by field: what the model is told and what the decoder enforces are both made from this. */
export const ANSWER_FIELDS: readonly AnswerField[] = [
  {
    name: 'verdict',
    travels: { kind: 'word', words: VERDICT_WORDS, optional: false },
    doc: 'what to do with the trade; must be the option with the largest probability below, without a tie',
  },
  { name: 'confidence', travels: { kind: 'number' }, doc: 'how sure you are of the verdict' },
  {
    name: 'probabilities',
    travels: { kind: 'probabilities' },
    doc: 'how likely each verdict is the right one; all five, summing to 1',
  },
  {
    name: 'uncertaintyBand',
    travels: { kind: 'word', words: BAND_WORDS, optional: false },
    doc: 'how uncertain the situation is',
  },
  { name: 'adjustedQty', travels: { kind: 'quantity' }, doc: 'the quantity to trade instead; needed for "adjust"' },
  {
    name: 'adjustedOrderType',
    travels: { kind: 'word', words: ORDER_TYPE_WORDS, optional: true },
    doc: 'the order type to use instead',
  },
  {
    name: 'limitPrice',
    travels: { kind: 'quantity' },
    doc: `the limit price; needed for the order types "${ORDER_TYPE_WORDS.limit}" and "${ORDER_TYPE_WORDS.stop_limit}"`,
  },
  {
    name: 'rationale',
    travels: { kind: 'text', lengthMax: RATIONALE_LENGTH_MAX, optional: false },
    doc: 'why, in one or two sentences that rest on the request',
  },
  {
    name: 'rationaleShort',
    travels: { kind: 'text', lengthMax: RATIONALE_LENGTH_MAX, optional: true },
    doc: 'the same in a few words',
  },
  {
    name: 'escalateReason',
    travels: { kind: 'text', lengthMax: RATIONALE_LENGTH_MAX, optional: true },
    doc: 'what a person has to decide; needed for "escalate"',
  },
  {
    name: 'requiredChecks',
    travels: LIST,
    doc: `checks to run before the order, out of: ${REQUIRED_CHECKS.join(', ')}`,
  },
  { name: 'riskFlags', travels: LIST, doc: 'risks you see, as short snake_case words' },
  {
    name: 'citations',
    travels: { ...LIST, itemLengthMax: 256 },
    doc: 'the request fields you relied on, as dotted paths such as decision.qty or positions.0.qty',
  },
]

/** The text a model is shown about the answer's fields, one line a field, made from the table. */
export function describeAnswer(): string {
  const examples = ['0.64', '182.30', '7'].map((text) => `${text} is written "${encodeDecimal(text)}"`)
  return [
    'The answer is one compact JSON object on one line with these fields, each exactly once:',
    ...ANSWER_FIELDS.map((field) => `- ${field.name}: ${describeKind(field.travels)}; ${field.doc}`),
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
      return `an object of five codes between 0 and 1, with the keys ${quoted(AdviceVerdict.options)}`
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
