import { expect, test } from 'vitest'

import { slotOf } from './lane-plan.ts'

test.each([
  ['2026-03-05T05:59:59.999Z', 6, '20260305T00'],
  ['2026-03-05T06:00:00.000Z', 6, '20260305T06'],
  ['2026-03-05T23:59:59.999Z', 6, '20260305T18'],
  ['2026-03-05T23:59:59.999Z', 24, '20260305T00'],
  ['2026-03-06T00:00:00.000Z', 1, '20260306T00'],
])('slotOf() puts %s at a period of %i h into %s', (instant, periodHours, slot) => {
  expect(slotOf(new Date(instant), periodHours)).toBe(slot)
})
