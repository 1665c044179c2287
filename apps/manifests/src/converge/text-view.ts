import type { TextEdit } from './text-edit.ts'

/**
 * A shorter text that stands for a longer one: what a run of look-alike entries repeats is left out. Offsets
 * into the view are brought back to the source; at a gap `after` means behind what was left out, `before` in
 * front of it.
 */
export interface TextView {
  text: string
  toSource(offset: number, side: 'before' | 'after'): number
}

/** The source itself, with nothing left out. */
export function wholeView(text: string): TextView {
  return { text, toSource: (offset) => offset }
}

/**
 * Leaves out entries nobody asked for, so that a list of 180 is read as fast as one of ten. Only entries of
 * one exact shape go, and of a row of them never the first, the last, and the one before a name that is asked
 * for, which may be removed: whatever the row stands in (a list, a block of text, a quoted string), a reader
 * is in the same state after each entry. A name that comes twice in a document stays in doubt, so then
 * nothing is left out.
 */
export function shortView(text: string, isWanted: (name: string) => boolean): TextView {
  const gaps: Gap[] = []
  let seen = new Set<string>()
  let row = NO_ROW
  for (const match of text.matchAll(UNIT)) {
    const [unit, indent = '', name] = match
    if (name === undefined) {
      seen = new Set()
      row = NO_ROW
      continue
    }
    if (seen.has(name)) return wholeView(text)
    seen.add(name)
    const follows = row.end === match.index && row.indent === indent
    const isKept = isWanted(name)
    if (follows && row.last !== null && !isKept) gaps.push(row.last)
    const span = { start: match.index, end: match.index + unit.length }
    row = { indent, end: span.end, last: !follows || isKept ? null : span }
  }
  return gaps.length === 0 ? wholeView(text) : viewWithout(text, joinGaps(gaps))
}

interface Gap {
  start: number
  end: number
}

interface Row {
  indent: string
  end: number
  /** The entry before, if it may go once another one follows it. */
  last: Gap | null
}

const NO_ROW: Row = { indent: '', end: -1, last: null }

const WORD = String.raw`[A-Za-z0-9/.][\w./@,=%+~-]*(?::[\w./@,=%+?&~-]+)*`

/**
 * An entry of the shape everybody writes, or the start of a document. Values hold no quote, `$`, `#` or
 * bracket, so that leaving one out cannot open or close anything.
 */
const UNIT = new RegExp(
  String.raw`^(?:---|( *)- name: ([A-Za-z_]\w*)\n\1  (?:value: (?:${WORD}|"[^"'\\\n\r\t$]*")|` +
    String.raw`valueFrom:\n\1    (?:secret|configMap)KeyRef:\n\1      name: ${WORD}\n\1      key: ${WORD}` +
    String.raw`(?:\n\1      optional: (?:true|false))?)\n)`,
  'gm',
)

function joinGaps(gaps: readonly Gap[]): Gap[] {
  const joined: Gap[] = []
  for (const gap of gaps) {
    const last = joined.at(-1)
    if (last?.end === gap.start) last.end = gap.end
    else joined.push({ ...gap })
  }
  return joined
}

function viewWithout(source: string, gaps: readonly Gap[]): TextView {
  const parts: string[] = []
  const cuts: { at: number; removed: number }[] = []
  let from = 0
  let removed = 0
  for (const { start, end } of gaps) {
    parts.push(source.slice(from, start))
    cuts.push({ at: start - removed, removed: removed + end - start })
    removed += end - start
    from = end
  }
  parts.push(source.slice(from))
  const toSource: TextView['toSource'] = (offset, side) => {
    const cut = cuts.findLast(({ at }) => (side === 'after' ? at <= offset : at < offset))
    return offset + (cut?.removed ?? 0)
  }
  return { text: parts.join(''), toSource }
}

/** Brings an edit of the view to the source; an insertion goes to the side its neighbour is on. */
export function editOfSource({ toSource }: TextView, edit: TextEdit): TextEdit {
  const isInsertion = edit.start === edit.end
  const start = toSource(edit.start, isInsertion && edit.side === 'after' ? 'before' : 'after')
  const end = isInsertion ? start : toSource(edit.end, 'before')
  return { ...edit, start, end }
}
