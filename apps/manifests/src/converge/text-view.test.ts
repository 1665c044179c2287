import { expect, test } from 'vitest'

import { applyEdits } from './text-edit.ts'
import { editOfSource, shortView, wholeView } from './text-view.ts'

const entry = (name: string) => `- name: ${name}\n  value: "1"\n`
const row = (...names: string[]) => names.map(entry).join('')
const isWanted = (name: string) => name.startsWith('W')

test('shortView() keeps the first and the last of a row, what is asked for, and what stands before that', () => {
  expect(shortView(row('A', 'B', 'C', 'D', 'W', 'E', 'F', 'G'), isWanted).text).toBe(row('A', 'D', 'W', 'G'))
})

test.each([
  ['a comment', row('A', 'B').replace('"1"\n- name: B', '"1" # why\n- name: B') + row('C')],
  ['other columns', row('A') + row('B', 'C').replace(/^/gm, ' ')],
  ['a line between', row('A') + '\n' + row('B', 'C')],
  ['a use of another name', row('A', 'C', 'D').replaceAll('"1"', '$(B)')],
  ['CRLF', row('A', 'B', 'C').replaceAll('\n', '\r\n')],
])('shortView() leaves nothing out across %s', (_what, text) => {
  expect(shortView(text, isWanted).text).toBe(text)
})

test('shortView() leaves nothing out where a name comes twice in a document, but may where documents repeat it', () => {
  const twice = row('A', 'B', 'C', 'D', 'A')
  expect(shortView(twice, isWanted).text).toBe(twice)
  expect(shortView(`${row('A', 'B', 'C')}---\n${row('A', 'B', 'C')}`, isWanted).text).toBe(
    `${row('A', 'C')}---\n${row('A', 'C')}`,
  )
})

test('editOfSource() keeps an edit beside its neighbour and never takes what was left out', () => {
  const text = row('A', 'B', 'C', 'W', 'D', 'E', 'F')
  const view = shortView(text, isWanted)
  expect(view.text).toBe(row('A', 'C', 'W', 'F'))
  const start = view.text.indexOf(entry('W'))
  const end = start + entry('W').length
  const edited = (at: number, to: number, side?: 'after' | 'before') => {
    const edit = {
      start: at,
      end: to,
      text: at === to ? entry('N') : '',
      ...(side === undefined ? {} : { side }),
    }
    return applyEdits(text, [editOfSource(view, edit)])
  }
  expect(edited(start, end)).toBe(row('A', 'B', 'C', 'D', 'E', 'F'))
  expect(edited(end, end, 'after')).toBe(row('A', 'B', 'C', 'W', 'N', 'D', 'E', 'F'))
  expect(edited(start, start, 'before')).toBe(row('A', 'B', 'C', 'N', 'W', 'D', 'E', 'F'))
  expect(edited(end, end, 'before')).toBe(row('A', 'B', 'C', 'W', 'D', 'E', 'N', 'F'))
  expect(editOfSource(wholeView(text), { start: 3, end: 9, text: '' })).toEqual({
    start: 3,
    end: 9,
    text: '',
  })
})

test('applyEdits() puts insertions at one place in order, and refuses edits that overlap', () => {
  const at = (start: number, end: number, text: string) => ({ start, end, text })
  const before = { ...at(1, 1, 'x'), side: 'before' as const }
  expect(applyEdits('abc', [at(1, 2, 'B'), before, at(1, 1, 'y'), at(1, 1, 'z')])).toBe('ayzxBc')
  expect(() => applyEdits('abc', [at(0, 2, ''), at(1, 3, '')])).toThrow(RangeError)
})
