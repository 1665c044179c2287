import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { CST, Node, Pair, YAMLMap, YAMLSeq } from 'yaml'

import { refusal } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { columnOf, endOfLine, lineStart } from './text-lines.ts'

/** The lines an item of a block list takes, with the comments that speak about it. */
export interface ItemLines {
  /** Where its first line starts, the comments directly above it left out. */
  start: number
  /** Where the comments directly above it start; `start` when there are none. */
  commentsStart: number
  /** Where the line after its last one starts, or the end of the text. */
  end: number
  /** Like `end`, with the deeper comments below that can only speak about it. */
  commentsEnd: number
  /** Columns of its dash and of its first key. */
  dashColumn: number
  keyColumn: number
}

/**
 * Measures an item of a block list. Throws `FileRefusedError` where the item shares its first line or is set
 * off by tabs.
 */
export function itemLines(manifest: Manifest, seq: YAMLSeq, index: number): ItemLines {
  const { text } = manifest.view
  const item = seq.items[index] as Node
  const dash = dashOf(seq, index)
  const start = lineStart(text, dash)
  const keyColumn = columnOf(text, contentStart(item))
  if (text.slice(start, dash).trim() !== '')
    throw refusal(manifest, item, 'Cannot edit an item that shares its line')
  if (keyColumn === null) throw refusal(manifest, item, 'Cannot edit an item that is set off by a tab')
  const dashColumn = dash - start
  const end = endOfLine(text, contentEnd(item))
  const commentsStart = commentsAbove(text, start, index === 0 ? -1 : dashColumn)
  return {
    start,
    commentsStart,
    end,
    commentsEnd: commentsBelow(text, end, dashColumn),
    dashColumn,
    keyColumn,
  }
}

function dashOf(seq: YAMLSeq, index: number): number {
  const token = seq.srcToken as CST.BlockSequence
  const dashes = token.items.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind'))
  const dash = dashes[index]
  if (dash === undefined) throw new TypeError(`List has no dash for item ${index}`)
  return dash.offset
}

function contentStart(item: Node): number {
  return item.range?.[0] ?? 0
}

/** Where the last written thing inside a node ends; comments and empty lines behind it do not count. */
export function contentEnd(node: Node): number {
  const [, valueEnd = 0] = node.range ?? []
  if (isScalar(node) || isAlias(node)) return valueEnd
  if (isSeq(node) && node.flow !== true) return endOfLast(node.items.at(-1) as Node | undefined, valueEnd)
  if (!isMap(node) || node.flow === true) return valueEnd
  const last = (node as YAMLMap).items.at(-1) as Pair<Node, Node | null> | undefined
  if (last === undefined) return valueEnd
  const isWritten =
    isSeq(last.value) || isMap(last.value) || last.value?.range?.[0] !== last.value?.range?.[1]
  return isWritten && last.value !== null ? contentEnd(last.value) : contentEnd(last.key)
}

function endOfLast(node: Node | undefined, otherwise: number): number {
  return node === undefined ? otherwise : contentEnd(node)
}

/** The comment lines right above, without an empty line between; deeper ones belong to the item before. */
function commentsAbove(text: string, start: number, dashColumn: number): number {
  let at = start
  while (at > 0) {
    const above = lineStart(text, at - 1)
    const column = commentColumn(text.slice(above, at))
    if (column === null || (dashColumn !== -1 && column > dashColumn)) return at
    at = above
  }
  return at
}

/** The comment lines right below that are deeper than the dash. */
function commentsBelow(text: string, end: number, dashColumn: number): number {
  let at = end
  while (at < text.length) {
    const below = endOfLine(text, at + 1)
    const column = commentColumn(text.slice(at, below))
    if (column === null || column <= dashColumn) return at
    at = below
  }
  return at
}

function commentColumn(line: string): number | null {
  const column = line.search(/\S/)
  return column !== -1 && line[column] === '#' ? column : null
}
