import { FallbackCause } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { TIMEOUT_EVIDENCE_MIN_MS, callEvidence, isLongEnough } from './call-evidence.ts'

const timing = { timeoutMs: 8_000, budgetMs: 8_000 }
const evidenceOf = (cause: FallbackCause, timeoutMs = 8_000) => callEvidence({ ok: false, cause }, { ...timing, timeoutMs })

test('callEvidence() counts a usable answer for the gateway and the artifact', () => {
  expect(callEvidence({ ok: true }, timing)).toEqual({ gateway: 'success', artifact: 'success' })
})

test('callEvidence() learns nothing from a run whose every answer came out of a cache', () => {
  expect(callEvidence({ ok: true, attempts: 0 }, timing)).toEqual({ gateway: null, artifact: null })
  expect(callEvidence({ ok: true, attempts: 1 }, timing)).toEqual({ gateway: 'success', artifact: 'success' })
})

test('callEvidence() counts what went wrong on the way against the gateway and model alone', () => {
  const causes = FallbackCause.options.filter((cause) => evidenceOf(cause).gateway === 'failure')
  expect(causes).toEqual(FallbackCause.options.filter((cause) => cause.startsWith('gateway_')))
  for (const cause of causes) expect(evidenceOf(cause).artifact).toBeNull()
})

test('callEvidence() counts an unusable answer against its artifact and for the gateway that brought it', () => {
  const causes = FallbackCause.options.filter((cause) => evidenceOf(cause).artifact === 'failure')
  expect(causes).toEqual(['answer_missing', 'answer_ambiguous', 'answer_altered', 'advice_invalid', 'advice_incoherent', 'unsafe_text'])
  for (const cause of causes) expect(evidenceOf(cause).gateway).toBe('success')
})

test.each(['overloaded', 'breaker_open', 'artifact_missing', 'force_deterministic', 'resource_exceeded', 'internal'] as const)(
  'callEvidence() never counts %s',
  (cause) => {
    expect(evidenceOf(cause)).toEqual({ gateway: null, artifact: null })
  },
)

test('callEvidence() counts a timeout from half a second on, and every other failure at any haste', () => {
  expect(evidenceOf('gateway_timeout', TIMEOUT_EVIDENCE_MIN_MS)).toEqual({ gateway: 'failure', artifact: null })
  expect(evidenceOf('gateway_timeout', TIMEOUT_EVIDENCE_MIN_MS - 1)).toEqual({ gateway: null, artifact: null })
  expect(evidenceOf('gateway_refused', 40)).toEqual({ gateway: 'failure', artifact: null })
})

test('isLongEnough() accepts the whole of a budget that is shorter than half a second', () => {
  expect(isLongEnough({ timeoutMs: 300, budgetMs: 300 })).toBe(true)
  expect(isLongEnough({ timeoutMs: 299, budgetMs: 300 })).toBe(false)
})
