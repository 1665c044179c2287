import type { CST, Pair, Scalar, YAMLMap } from 'yaml'

import { isJson, pairOf, refusal } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { readsAsAnotherType, scalarText } from './scalar-text.ts'
import type { ScalarStyle } from './scalar-text.ts'
import type { TextEdit } from './text-edit.ts'
import { columnOf, endOfLine, lineBreakOf, lineStart } from './text-lines.ts'

const STRING_TAGS: readonly (string | undefined)[] = [undefined, '!', 'tag:yaml.org,2002:str']

/**
 * Whether every reader gets exactly this string from the scalar. A bare 8, or a bare instant, is not a string
 * to all.
 */
export function isStringOf(scalar: Scalar, wanted: string): boolean {
  if (scalar.value !== wanted) return false
  return scalar.type !== 'PLAIN' || scalar.tag !== undefined || !readsAsAnotherType(wanted)
}

/**
 * The edits that give a map's key another string: the scalar alone is replaced, in its own style where that
 * can hold the string. Anchor, tag and comments stay. Throws `FileRefusedError` for a form that cannot hold
 * it.
 */
export function setScalar(manifest: Manifest, map: YAMLMap, key: string, wanted: string): TextEdit[] {
  const pair = pairOf(map, key) as Pair<Scalar, Scalar | null> | undefined
  if (pair === undefined) throw refusal(manifest, map, `Cannot find "${key}" here`)
  const scalar = pair.value
  const inFlow = map.flow === true
  const fallback = isJson(map) ? 'double' : 'plain'
  if (scalar === null || isEmpty(scalar)) {
    return [fillEmpty(manifest, pair, scalarText(wanted, fallback, { inFlow }))]
  }
  if (scalar.type === 'PLAIN' && isJson(map)) {
    const [start, end] = scalar.range ?? [0, 0]
    return [{ start, end, text: scalarText(wanted, fallback, { inFlow }) }]
  }
  return replaceScalar(manifest, scalar, wanted, inFlow)
}

/** The edits that replace a scalar where it stands, in a map or in a list. */
export function replaceScalar(
  manifest: Manifest,
  scalar: Scalar,
  wanted: string,
  inFlow: boolean,
): TextEdit[] {
  if (!STRING_TAGS.includes(scalar.tag))
    throw refusal(manifest, scalar, `Cannot edit a value with the tag "${scalar.tag}"`)
  const [start, end] = scalar.range ?? [0, 0]
  const token = scalar.srcToken
  if (token?.type === 'block-scalar') return replaceBlock(manifest, scalar, token, wanted)
  return [{ start, end, text: scalarText(wanted, STYLES[scalar.type ?? ''] ?? 'plain', { inFlow }) }]
}

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
}

/**
 * Adds a `value:` line to an entry that has only a name. In a flow entry it follows the name after a comma.
 */
export function addValue(manifest: Manifest, entry: YAMLMap, wanted: string): TextEdit[] {
  const name = pairOf(entry, 'name') as Pair<Scalar, Scalar> | undefined
  const { text } = manifest.view
  const end = name?.value?.range?.[1] ?? 0
  if (entry.flow === true) {
    const text = isJson(entry)
      ? `, "value": ${JSON.stringify(wanted)}`
      : `, value: ${scalarText(wanted, 'plain', { inFlow: true })}`
    return [{ start: end, end, text }]
  }
  const at = endOfLine(text, end)
  const column = columnOf(text, name?.key.range?.[0] ?? 0)
  if (column === null)
    throw refusal(manifest, entry, 'Cannot add a value to an entry that is set off by a tab')
  const line = `${' '.repeat(column)}value: ${scalarText(wanted, 'plain', { inFlow: false })}`
  const lineBreak = lineBreakOf(text, lineStart(text, end))
  return [{ start: at, end: at, text: line + lineBreak }]
}

function isEmpty({ source, range }: Scalar): boolean {
  return (source ?? '') === '' && range?.[0] === range?.[1]
}

function fillEmpty(manifest: Manifest, pair: Pair<Scalar, Scalar | null>, text: string): TextEdit {
  const { value } = pair
  const separator = (pair as SourcePair).srcToken?.sep?.find(({ type }) => type === 'map-value-ind')
  if (separator === undefined || value?.anchor !== undefined || value?.tag !== undefined) {
    throw refusal(manifest, value ?? pair.key, 'Cannot set a value that is left empty in this form')
  }
  const at = separator.offset + separator.source.length
  return { start: at, end: at, text: ` ${text}` }
}

type SourcePair = { srcToken?: { sep?: CST.SourceToken[] } }

/** Keeps comment and indentation; the header strips the final line break, which the value does not have. */
function replaceBlock(
  manifest: Manifest,
  scalar: Scalar,
  token: CST.BlockScalar,
  wanted: string,
): TextEdit[] {
  const refuse = (why: string) =>
    refusal(manifest, scalar, `Cannot keep this block of text: ${why}; write it on one line`)
  const header = token.props.find(({ type }) => type === 'block-scalar-header')
  const content = /^(?:[ \t]*\r?\n)*( +)\S[^]*?(?=\s*$)/.exec(token.source)
  if (header?.type !== 'block-scalar-header' || content === null) throw refuse('it is empty')
  if (/[0-9]/.test(header.source)) throw refuse('it states its indentation')
  if (!HELD_BY_A_BLOCK.test(wanted)) throw refuse('the new value has signs or spaces it cannot hold')
  const last = token.props.findLast((prop) => prop.type === 'newline') ?? header
  const start = last.offset + ('source' in last ? last.source.length : 0)
  const edit = { start, end: start + content[0].length, text: `${content[1] ?? ''}${wanted}` }
  const stripped = `${header.source.charAt(0)}-`
  if (header.source === stripped) return [edit]
  return [{ start: header.offset, end: header.offset + header.source.length, text: stripped }, edit]
}

/** One line of words with single spaces between them: the same in a literal and in a folded block. */
const HELD_BY_A_BLOCK = /^[^\s\p{Cc}\ufeff]+( [^\s\p{Cc}\ufeff]+)*$/u
