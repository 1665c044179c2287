import { FallbackCause } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { classifyFailure } from './classify.ts'
import type { FailureClass } from './classify.ts'

const causesOf = (failureClass: FailureClass) =>
  FallbackCause.options.filter((cause) => classifyFailure(cause) === failureClass)

test('classifyFailure() calls transient what happens on the way to the gateway and back', () => {
  expect(causesOf('transient')).toEqual([
    'gateway_refused',
    'gateway_reset',
    'gateway_timeout',
    'gateway_stalled',
    'gateway_truncated',
    'gateway_error_frame',
  ])
})

test('classifyFailure() calls validation what is wrong with an answer', () => {
  expect(causesOf('validation')).toEqual([
    'answer_missing',
    'answer_ambiguous',
    'answer_altered',
    'advice_invalid',
    'advice_incoherent',
    'unsafe_text',
  ])
})

test('classifyFailure() calls resource what others may give back, and everything else fatal', () => {
  expect(causesOf('resource')).toEqual(['overloaded'])
  const known = [...causesOf('transient'), ...causesOf('validation'), ...causesOf('resource')]
  expect(causesOf('fatal')).toEqual(FallbackCause.options.filter((cause) => !known.includes(cause)))
  expect(causesOf('fatal')).toContain('resource_exceeded')
})

test.each<[number | undefined, FailureClass]>([
  [undefined, 'fatal'],
  [400, 'fatal'],
  [401, 'fatal'],
  [402, 'resource'],
  [403, 'fatal'],
  [404, 'fatal'],
  [408, 'transient'],
  [413, 'fatal'],
  [422, 'fatal'],
  [425, 'transient'],
  [428, 'fatal'],
  [429, 'transient'],
  [430, 'fatal'],
  [499, 'fatal'],
  [500, 'transient'],
  [502, 'transient'],
  [503, 'transient'],
  [504, 'transient'],
  [507, 'resource'],
  [509, 'resource'],
  [599, 'transient'],
  [600, 'fatal'],
])('classifyFailure() of an HTTP error with status %j is %s', (status, expected) => {
  expect(classifyFailure('gateway_http_error', status)).toBe(expected)
})

test('classifyFailure() heeds a status only where the status is what failed', () => {
  for (const cause of FallbackCause.options.filter((each) => each !== 'gateway_http_error')) {
    expect(classifyFailure(cause, 503)).toBe(classifyFailure(cause))
  }
})
