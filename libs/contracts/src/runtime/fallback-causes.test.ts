import { expect, test } from 'vitest'

import { FallbackCause, GatewayCause } from '../review/vocabulary.ts'
import { FALLBACK_CAUSES } from './fallback-causes.ts'

const ANSWER_CAUSES = [
  'answer_missing',
  'answer_ambiguous',
  'answer_altered',
  'advice_invalid',
  'advice_incoherent',
  'unsafe_text',
]

test('FALLBACK_CAUSES has one row for every cause and no other', () => {
  expect(Object.keys(FALLBACK_CAUSES).sort()).toEqual([...FallbackCause.options].sort())
})

test.each(FallbackCause.options)('FALLBACK_CAUSES counts %s for whoever caused it', (cause) => {
  const gateway = (GatewayCause.options as readonly string[]).includes(cause)
  const expected = gateway ? 'gateway and model' : ANSWER_CAUSES.includes(cause) ? 'artifact' : 'never'
  expect(FALLBACK_CAUSES[cause].breaker).toBe(expected)
})

test('FALLBACK_CAUSES tells causes apart: no two rows say the same', () => {
  const told = Object.values(FALLBACK_CAUSES).map(({ what }) => what)
  expect(new Set(told).size).toBe(told.length)
})
