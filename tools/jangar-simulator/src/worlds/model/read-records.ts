import type { Token } from './tokens.ts'
import { tokensOf } from './tokens.ts'
import type { Values } from './truth.ts'
import type { World } from './world.ts'
import { SLOTS } from './world.ts'

export interface PromptMessage {
  role: string
  content: string
}

type OutputToken = Exclude<Token, { kind: 'value' }>

/** A whole record somewhere in a prompt, and the output words that follow it. */
export interface ShownRecord {
  /** One value a slot, without the answer of an earlier step. */
  values: Values
  /** The place of the message that holds the record. */
  message: number
  /** Output words behind it in the same message. */
  beside: OutputToken[]
  /** Output words in the assistant message that follows. */
  replied: OutputToken[]
  /** The only first-step answer of a message with one record, wherever it stands. */
  given: number | null
}

/**
 * Every whole record of the messages, whatever its layout: a record is one value of every slot, with
 * no word of an answer between them.
 */
export function readRecords(world: World, messages: readonly PromptMessage[]): ShownRecord[] {
  const records: ShownRecord[] = []
  for (const [index, { role, content }] of messages.entries()) {
    const tokens = tokensOf(world, content)
    if (role !== 'assistant') records.push(...recordsOf(tokens, index))
    else if (records.at(-1)?.message === index - 1) records.at(-1)?.replied.push(...outputsAmong(tokens))
  }
  return records
}

function recordsOf(tokens: readonly Token[], message: number): ShownRecord[] {
  const records: ShownRecord[] = []
  let pending: Token[] = []
  let current: ShownRecord | null = null
  for (const token of [...tokens, null]) {
    if (token?.kind === 'value') {
      pending.push(token)
      continue
    }
    const values = wholeRecord(pending)
    if (values !== null) {
      current = { values, message, beside: [], replied: [], given: null }
      records.push(current)
    } else if (pending.length > 0) current = null
    if (token === null) break
    current?.beside.push(token)
    pending = []
  }
  return withGiven(records, tokens)
}

/** The last values that make a record, read backwards; null when a slot is missing or contradicted. */
function wholeRecord(pending: readonly Token[]): Values | null {
  const values = new Array<number>(SLOTS).fill(-1)
  let missing = SLOTS
  for (const token of pending.toReversed()) {
    if (token.kind !== 'value') continue
    const known = values[token.slot] ?? -1
    if (known !== -1 && known !== token.value) return null
    if (known !== -1) continue
    values[token.slot] = token.value
    missing -= 1
    if (missing === 0) return values
  }
  return null
}

function withGiven(records: ShownRecord[], tokens: readonly Token[]): ShownRecord[] {
  const words = new Set(tokens.flatMap((token) => (isFirstAnswer(token) ? [token.word] : [])))
  const [only] = words
  const [record] = records
  if (record !== undefined && records.length === 1 && words.size === 1) record.given = only ?? null
  return records
}

function isFirstAnswer(token: Token): token is Extract<Token, { kind: 'output' }> {
  return token.kind === 'output' && token.step === 0
}

function outputsAmong(tokens: readonly Token[]): OutputToken[] {
  return tokens.filter((token) => token.kind !== 'value')
}
