import { expect, test } from 'vitest'

import { ageText, judgeAge, judgeAtMost, judgeRoomForOne } from './findings.ts'

const SECOND = 1_000_000_000n

test('judgeAge() holds on both ends, before and after', () => {
  const judged = [60n * SECOND, 60n * SECOND + 1n].flatMap((age) => [judgeAge(0n, age, 60), judgeAge(age, 0n, 60)])
  expect(judged).toEqual(['passed', 'passed', 'breached', 'breached'])
  expect([judgeAge(null, 0n, 60), judgeAge(0n, null, 60), judgeAge(0n, 0n, 0.5)]).toEqual(['unreadable', 'unreadable', 'unreadable'])
})

test('ageText() is negative for what is later, and null for what is not known', () => {
  expect([ageText(0n, SECOND), ageText(SECOND, 0n)]).toEqual(['1', '-1'])
  expect([ageText(null, SECOND), ageText(SECOND, null)]).toEqual([null, null])
})

test('judgeAtMost() holds on the limit', () => {
  expect([judgeAtMost(1n, 1n), judgeAtMost(2n, 1n), judgeAtMost(-5n, 1n)]).toEqual(['passed', 'breached', 'passed'])
  expect([judgeAtMost(null, 1n), judgeAtMost(1n, null)]).toEqual(['unreadable', 'unreadable'])
})

test('judgeRoomForOne() counts the order that is asked about', () => {
  expect([judgeRoomForOne(0, 1), judgeRoomForOne(1, 1), judgeRoomForOne(0, 0)]).toEqual(['passed', 'breached', 'breached'])
  expect([judgeRoomForOne(-1, 1), judgeRoomForOne('0', 1), judgeRoomForOne(0, NaN)]).toEqual(['unreadable', 'unreadable', 'unreadable'])
})
