import type { CST, Node, YAMLSeq } from 'yaml'

import { itemLines } from './entry-layout.ts'
import { refusal } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { TextEdit } from './text-edit.ts'
import { endOfLine } from './text-lines.ts'

/** What taking items out of a list takes: the edits, and for each item the comments that go with it. */
export interface Removal {
  edits: TextEdit[]
  /** By index of the item: its comments, as they were written. */
  comments: ReadonlyMap<number, string>
}

/**
 * Takes items out of a list. Comments directly above an item and deeper ones below it go with it, so that
 * none slides to the next item. A list that is left empty is written `[]`, unless it is refilled at once.
 */
export function removeItems(
  manifest: Manifest,
  seq: YAMLSeq,
  indexes: readonly number[],
  { isRefilled }: { isRefilled: boolean } = { isRefilled: false },
): Removal {
  if (indexes.length === 0) return { edits: [], comments: new Map() }
  const isEmptied = indexes.length === seq.items.length
  if (seq.flow === true) {
    if (isEmptied && isRefilled) throw refusal(manifest, seq, 'Cannot replace everything between brackets')
    return { edits: removeFromFlow(manifest, seq, indexes), comments: new Map() }
  }
  const { text } = manifest.view
  const lines = indexes.map((index) => ({ index, ...itemLines(manifest, seq, index) }))
  const edits = lines.map(
    ({ commentsStart, commentsEnd }): TextEdit => ({ start: commentsStart, end: commentsEnd, text: '' }),
  )
  const comments = new Map(
    lines.flatMap(({ index, commentsStart, start, end, commentsEnd }): [number, string][] => {
      const words = `${text.slice(commentsStart, start)}${text.slice(end, commentsEnd)}`.trim()
      return words === '' ? [] : [[index, words.replace(/\s*\n\s*/g, ' ')]]
    }),
  )
  if (isEmptied && !isRefilled) edits.push(emptyList(manifest, seq))
  return { edits: joined(edits), comments }
}

/** Edits that touch become one, so that an insertion between them has one place. */
function joined(edits: readonly TextEdit[]): TextEdit[] {
  const result: TextEdit[] = []
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1)
    if (last !== undefined && last.end === edit.start && last.text === '' && edit.text === '')
      last.end = edit.end
    else result.push({ ...edit })
  }
  return result
}

/** `env:` keeps its line and gets ` []`. */
function emptyList(manifest: Manifest, seq: YAMLSeq): TextEdit {
  const { text } = manifest.view
  const { commentsStart } = itemLines(manifest, seq, 0)
  const lineEnd = text.slice(0, commentsStart).trimEnd().length
  const line = text.slice(text.lastIndexOf('\n', lineEnd - 1) + 1, lineEnd)
  const colon = /^[^#]*:(?=[ \t]*(#|$))/.exec(line)
  if (colon === null || endOfLine(text, lineEnd) !== commentsStart) {
    throw refusal(manifest, seq.items[0] as Node, 'Cannot empty a list that is written in this form')
  }
  const at = lineEnd - line.length + colon[0].length
  return { start: at, end: at, text: ' []' }
}

/**
 * Each item goes with one comma, so that the brackets stay well formed; comments in between make that a
 * guess.
 */
function removeFromFlow(manifest: Manifest, seq: YAMLSeq, indexes: readonly number[]): TextEdit[] {
  const { text } = manifest.view
  const token = seq.srcToken as CST.FlowCollection
  const bounds = seq.items.map((item, index) => itemBounds(item as Node, token.items[index]))
  const kept = bounds.flatMap((_bound, index) => (indexes.includes(index) ? [] : [index]))
  const firstKept = kept[0]
  const edits = indexes.map((index): TextEdit => {
    const [start, end] = bounds[index] ?? [0, 0]
    if (firstKept === undefined) return { start, end, text: '' }
    if (index < firstKept) return { start, end: bounds[index + 1]?.[0] ?? end, text: '' }
    return { start: bounds[index - 1]?.[1] ?? start, end, text: '' }
  })
  if (firstKept === undefined) return [emptyFlow(manifest, seq)]
  const comment = edits.find(({ start, end }) => text.slice(start, end).includes('#'))
  if (comment !== undefined) {
    throw refusal(manifest, seq, 'Cannot remove an entry between brackets that hold comments')
  }
  return joined(edits)
}

function emptyFlow(manifest: Manifest, seq: YAMLSeq): TextEdit {
  const [start, end] = seq.range ?? [0, 0]
  if (manifest.view.text.slice(start, end).includes('#')) {
    throw refusal(manifest, seq, 'Cannot empty brackets that hold comments')
  }
  return { start, end, text: '[]' }
}

function itemBounds(item: Node, token: CST.CollectionItem | undefined): [number, number] {
  const [start, end] = item.range ?? [0, 0]
  const props = token?.start.filter(({ type }) => type === 'anchor' || type === 'tag') ?? []
  return [props[0]?.offset ?? start, end]
}
