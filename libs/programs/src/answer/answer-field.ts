/** How a field travels. `word`, `number`, `quantity` and `probabilities` decide and go in protected form. */
export type AnswerFieldKind =
  | { kind: 'word'; words: Readonly<Record<string, string>>; optional: boolean }
  | { kind: 'number' }
  | { kind: 'probabilities'; keys: readonly string[] }
  | { kind: 'quantity' }
  | { kind: 'text'; lengthMax: number; optional: boolean }
  | { kind: 'list'; itemsMax: number; itemLengthMax: number }

/** One line of an answer's table: what the model is told about the field and what the decoder enforces. */
export interface AnswerField {
  name: string
  travels: AnswerFieldKind
  doc: string
}
