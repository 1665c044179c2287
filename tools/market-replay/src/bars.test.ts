import { expect, test } from 'vitest'

import { parseBars, readSp500Bars } from './bars.ts'
import { BarRowError } from './errors.ts'

const HEADER = 'date,open,high,low,close,adjclose,volume\n'
const GOOD = '2020-01-02,100.0,110.0,90.0,105.004,105.0,1000\n'

test('readSp500Bars() reads every day of the shipped file, in cents', () => {
  const bars = readSp500Bars()
  expect(bars).toHaveLength(5105)
  expect(bars[0]).toEqual({
    date: '2000-01-03',
    closeAt: '2000-01-03T21:00:00Z',
    openCents: 146925,
    highCents: 147800,
    lowCents: 143836,
    closeCents: 145522,
    volume: 931800000,
  })
  expect(bars.at(-1)?.date).toBe('2020-04-17')
})

test('parseBars() takes the extremes themselves as open and close', () => {
  expect(parseBars(`${HEADER}2020-01-02,110,110,90,90,90,0\n`)).toHaveLength(1)
})

test.each([
  ['a price that is no number', `${HEADER}2020-01-02,100,abc,90,95,95,1\n`, 2],
  ['an infinite price', `${HEADER}2020-01-02,100,Infinity,90,95,95,1\n`, 2],
  ['a price of zero', `${HEADER}2020-01-02,100,110,0,95,95,1\n`, 2],
  ['a high below the close', `${HEADER}2020-01-02,100,104,90,105,105,1\n`, 2],
  ['a low above the open', `${HEADER}2020-01-02,100,110,101,105,105,1\n`, 2],
  ['a missing cell', `${HEADER}2020-01-02,100,110,90\n`, 2],
  ['a day that does not exist', `${HEADER}2020-02-30,100,110,90,95,95,1\n`, 2],
  ['the same day twice', `${HEADER}${GOOD}${GOOD}`, 3],
  ['a day before the last', `${HEADER}${GOOD}2020-01-01,100,110,90,95,95,1\n`, 3],
])('parseBars() refuses %s and names the line', (_case, csv, line) => {
  expect(() => parseBars(csv)).toThrow(BarRowError)
  expect(() => parseBars(csv)).toThrow(`line ${line}`)
})
