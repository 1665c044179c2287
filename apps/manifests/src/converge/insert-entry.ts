import { isMap, isSeq } from 'yaml'
import type { CST, Node, YAMLMap, YAMLSeq } from 'yaml'

import { contentEnd, itemLines } from './entry-layout.ts'
import { isJson, pairOf, refusal } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { scalarText } from './scalar-text.ts'
import type { TextEdit } from './text-edit.ts'
import { columnOf, endOfLine, lineBreakOf } from './text-lines.ts'

/** A name and a value to be written as an entry. */
export interface NewEntry {
  name: string
  value: string
}

/** Writes an entry beside item `index` of a list, in that item's own form and at its columns. */
export function insertBeside(
  manifest: Manifest,
  seq: YAMLSeq,
  { index, side }: { index: number; side: 'after' | 'before' },
  entry: NewEntry,
): TextEdit {
  const neighbour = seq.items[index] as Node
  if (seq.flow === true) {
    const [start, end] = neighbour.range ?? [0, 0]
    const text = flowEntry(entry, isJson(neighbour))
    return side === 'after'
      ? insertion(end, `, ${text}`, side)
      : insertion(propsStart(seq, index, start), `${text}, `, side)
  }
  const { text } = manifest.view
  const { commentsStart, start, end, commentsEnd, dashColumn, keyColumn } = itemLines(manifest, seq, index)
  const lineBreak = lineBreakOf(text, start)
  const isFlow = isMap(neighbour) && neighbour.flow === true
  const lines = blockEntry(entry, { dashColumn, keyColumn, isFlow }).join(lineBreak)
  if (side === 'before') return insertion(commentsStart, lines + lineBreak, side)
  return insertion(Math.max(end, commentsEnd), lines + lineBreak, side)
}

/** Writes the first entries of a container: its `env` is missing, empty or `[]`. */
export function insertFirst(
  manifest: Manifest,
  container: YAMLMap,
  entries: readonly NewEntry[],
): TextEdit[] {
  const { text } = manifest.view
  const pair = pairOf(container, 'env')
  if (pair !== undefined && isSeq(pair.value)) {
    const [start, end] = pair.value.range ?? [0, 0]
    if (pair.value.flow !== true || !/^\[\s*\]$/.test(text.slice(start, end))) {
      throw refusal(manifest, pair.value, 'Cannot add to an empty list in this form')
    }
    return [
      { start, end, text: `[${entries.map((entry) => flowEntry(entry, isJson(container))).join(', ')}]` },
    ]
  }
  if (container.flow === true) throw refusal(manifest, container, 'Cannot add "env" to a container in braces')
  const keyColumn = columnOf(text, container.items[0] === undefined ? 0 : keyStart(container, 0))
  if (keyColumn === null) {
    throw refusal(manifest, container, 'Cannot add "env" to a container that is set off by a tab')
  }
  const columns = { dashColumn: keyColumn + 2, keyColumn: keyColumn + 4, isFlow: false }
  const lineBreak = lineBreakOf(text, keyStart(container, 0))
  const lines = entries.flatMap((entry) => blockEntry(entry, columns))
  if (pair === undefined) {
    const all = [`${' '.repeat(keyColumn)}env:`, ...lines].join(lineBreak)
    return [insertion(endOfLine(text, contentEnd(container)), all + lineBreak, 'after')]
  }
  const keyEnd = pair.key.range?.[1] ?? 0
  if (!/^\s*:[ \t]*(#.*)?(\r?\n|$)/.test(text.slice(keyEnd, endOfLine(text, keyEnd)))) {
    throw refusal(manifest, pair.key, 'Cannot add to "env" in this form')
  }
  return [insertion(endOfLine(text, keyEnd), lines.join(lineBreak) + lineBreak, 'after')]
}

function keyStart(map: YAMLMap, index: number): number {
  return (map.items[index]?.key as Node | undefined)?.range?.[0] ?? 0
}

/** JSON is YAML, but not the other way round: beside quoted keys everything is quoted. */
function flowEntry({ name, value }: NewEntry, asJson: boolean): string {
  if (asJson) return `{"name": ${JSON.stringify(name)}, "value": ${JSON.stringify(value)}}`
  return `{name: ${bare(name, true)}, value: ${bare(value, true)}}`
}

/** Bare where that is a string to every reader: some take the name `NO` for false. */
function bare(text: string, inFlow: boolean): string {
  return scalarText(text, 'plain', { inFlow })
}

function blockEntry(
  entry: NewEntry,
  { dashColumn, keyColumn, isFlow }: { dashColumn: number; keyColumn: number; isFlow: boolean },
): string[] {
  const gap = ' '.repeat(Math.max(1, keyColumn - dashColumn - 1))
  const dash = `${' '.repeat(dashColumn)}-${gap}`
  if (isFlow) return [`${dash}${flowEntry(entry, false)}`]
  return [
    `${dash}name: ${bare(entry.name, false)}`,
    `${' '.repeat(dash.length)}value: ${bare(entry.value, false)}`,
  ]
}

function insertion(at: number, text: string, side: 'after' | 'before'): TextEdit {
  return { start: at, end: at, text, side }
}

/** Where an item of a flow list starts with its anchor or tag. */
function propsStart(seq: YAMLSeq, index: number, start: number): number {
  const token = seq.srcToken as CST.FlowCollection
  const props = token.items[index]?.start.filter(({ type }) => type === 'anchor' || type === 'tag') ?? []
  return props[0]?.offset ?? start
}
