import { expect, test } from 'vitest'

import { AdviceVerdict, Band, OrderType } from '@torghut/contracts'

import { collapses, deletions } from '../testing/damage.ts'
import { BAND_WORDS, NONE_WORD, ORDER_TYPE_WORDS, VERDICT_WORDS } from './words.ts'

const LISTS: [string, Record<string, string>, readonly string[]][] = [
  ['verdict', VERDICT_WORDS, AdviceVerdict.options],
  ['band', BAND_WORDS, Band.options],
  ['order type', ORDER_TYPE_WORDS, OrderType.options],
]

test.each(LISTS)('the %s words name every option once', (_name, words, options) => {
  expect(Object.keys(words).sort()).toEqual([...options].sort())
  expect(new Set(Object.values(words)).size).toBe(options.length)
})

test.each(LISTS)('no %s word turns into another by losing 1 to 5 neighbours or repeated pieces', (_name, words) => {
  const list = [...Object.values(words), NONE_WORD]
  for (const word of list) {
    const damaged = [...deletions(word, 5), ...collapses(word)]
    expect(damaged.filter((text) => list.includes(text))).toEqual([])
  }
})

test('the order type "stop_limit" would turn into "limit" under its own name', () => {
  expect(deletions('stop_limit', 5)).toContain('limit')
})
