import { expect, test } from 'vitest'

import { summarise } from './summary.ts'

test('summarise() compares figures of the same round, not the medians', () => {
  const [, ours] = summarise([
    { what: 'bare', unit: 'µs', rounds: [10, 100, 20], against: null },
    { what: 'ours', unit: 'µs', rounds: [20, 150, 60], against: 'bare' },
  ])
  expect(ours).toEqual({
    what: 'ours',
    unit: 'µs',
    value: { median: 60, lowest: 20, highest: 150 },
    ratio: { median: 2, lowest: 1.5, highest: 3, to: 'bare' },
  })
})

test('summarise() gives no ratio to a figure that is compared with nothing', () => {
  expect(summarise([{ what: 'bare', unit: 'ms', rounds: [4], against: null }])[0]?.ratio).toBeNull()
})
