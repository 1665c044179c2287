import type { Node, Pair, YAMLMap } from 'yaml'

import { contentEnd } from './entry-layout.ts'
import { pairOf, refusal } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { TextEdit } from './text-edit.ts'
import { endOfLine, lineStart } from './text-lines.ts'

/** Takes keys out of a block map, each with the comments directly above it. Throws `FileRefusedError` where
 * nothing would be left. */
export function removePairs(manifest: Manifest, map: YAMLMap, keys: readonly string[]): TextEdit[] {
  if (keys.length === 0) return []
  if (map.flow === true) throw refusal(manifest, map, `Cannot remove ${keys.join(', ')} from between braces`)
  if (keys.length === map.items.length)
    throw refusal(manifest, map, `Cannot remove ${keys.join(', ')}: nothing would be left`)
  return keys.map((key) => removePair(manifest, map, key))
}

function removePair(manifest: Manifest, map: YAMLMap, key: string): TextEdit {
  const { text } = manifest.view
  const pair = pairOf(map, key) as Pair<Node, Node | null>
  const keyStart = pair.key.range?.[0] ?? 0
  const first = lineStart(text, keyStart)
  if (text.slice(first, keyStart).trim() !== '')
    throw refusal(manifest, pair.key, `Cannot remove ${key}: it shares its line`)
  const hasValue = pair.value !== null && pair.value.range?.[0] !== pair.value.range?.[1]
  const end = endOfLine(text, hasValue && pair.value !== null ? contentEnd(pair.value) : contentEnd(pair.key))
  let start = first
  while (start > 0 && isCommentAt(text, lineStart(text, start - 1), keyStart - first))
    start = lineStart(text, start - 1)
  return { start, end, text: '' }
}

function isCommentAt(text: string, at: number, columnMax: number): boolean {
  const column = text.slice(at, endOfLine(text, at + 1)).search(/\S/)
  return column !== -1 && column <= columnMax && text[at + column] === '#'
}
