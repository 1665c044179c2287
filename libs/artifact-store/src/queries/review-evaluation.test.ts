import { afterAll, beforeAll, expect, test } from 'vitest'

import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { sampleEntry } from '../testing/sample-review.ts'
import type { SampleOptions } from '../testing/sample-review.ts'
import type { ReviewEntry } from '../audit/review-row.ts'

const TIME_ZONE = 'America/New_York'

let fixture: TestStore

beforeAll(async () => {
  fixture = await openTestStore({ now: () => new Date('2026-03-08T12:00:00Z') })
})

afterAll(() => fixture.stop())

function evaluate(now: string) {
  return fixture.store.evaluateReviews({ now: new Date(now), timeZone: TIME_ZONE })
}

async function store(entries: ReviewEntry[]): Promise<void> {
  const writer = await fixture.registerWriter()
  for (const entry of entries) await writer.append(entry)
}

/** An entry of one day with its advice and outcomes changed by hand. */
function entry(eventTs: string, options: SampleOptions = {}, change: (record: ReviewEntry['record']) => void = () => undefined) {
  const made = sampleEntry({ ...options, eventTs })
  change(made.record)
  return made
}

test('evaluateReviews() finds the day of New York around a change of clocks', async () => {
  const spring = await evaluate('2026-03-08T12:00:00Z')
  expect(spring.window).toEqual({ startAt: new Date('2026-03-08T05:00:00Z'), endAt: new Date('2026-03-09T04:00:00Z') })
  const autumn = await evaluate('2026-11-02T04:59:59.999Z')
  expect(autumn.window).toEqual({ startAt: new Date('2026-11-01T04:00:00Z'), endAt: new Date('2026-11-02T05:00:00Z') })
  expect((await evaluate('2026-11-02T05:00:00Z')).window.startAt).toEqual(new Date('2026-11-02T05:00:00Z'))
})

test('evaluateReviews() of a day without reviews has counts of zero and no means', async () => {
  expect(await evaluate('2020-01-01T12:00:00Z')).toMatchObject({
    totalReviews: 0,
    verdictCounts: { approve: 0, veto: 0, adjust: 0, abstain: 0, escalate: 0, error: 0 },
    avgConfidence: null,
    tokens: { prompt: 0, completion: 0 },
    topRiskFlags: [],
    contribution: { events: 0, fallbacks: 0, guardrails: 0 },
    calibration: { meanConfidenceGap: null, meanQualityScore: null, highUncertaintyRate: null, samples: 0 },
  })
})

test('evaluateReviews() counts the stored rows of the day by the time of their decision', async () => {
  await store([
    entry('2026-03-08T04:59:59.999Z', { verdict: 'veto' }),
    entry('2026-03-09T04:00:00Z', { verdict: 'veto' }),
    { ...entry('2026-03-08T12:00:00Z'), shadowOf: '00000000-0000-4000-8000-000000000000' },
    entry('2026-03-08T05:00:00Z', {}, ({ advice }) => {
      advice!.confidence = 0.5
      advice!.uncertainty.score = 0.4
      advice!.uncertainty.band = 'high'
      advice!.calibration_metadata = { quality_score: 0.75 }
      advice!.risk_flags = ['b', 'a']
    }),
    entry('2026-03-09T03:59:59.999Z', { verdict: 'adjust' }, ({ advice }) => {
      advice!.calibration_metadata = { quality_score: 7 }
      advice!.risk_flags = ['b']
    }),
    entry('2026-03-08T13:00:00Z', { verdict: 'veto', adviceVerdict: 'abstain', reason: 'llm_abstain_fallback_veto' }, (record) => {
      record.outcomes.push({
        gate: 'advice-policy',
        passed: false,
        code: 'llm_abstain_fallback_veto',
        evidence: { guardrail_reasons: ['llm_uncertainty_score_above_max'] },
      })
      record.advice!.risk_flags = []
      record.usage = null
    }),
    entry('2026-03-08T14:00:00Z', { adviceVerdict: 'approve' }, (record) => {
      record.outcomes.push({ gate: 'advice-policy', passed: true, evidence: { guardrail_reasons: null } })
      record.advice!.risk_flags = []
    }),
    entry('2026-03-08T15:00:00Z', { verdict: 'veto', fallbackCause: 'breaker_open', reason: 'llm_runtime_fallback' }, ({ advice }) => {
      advice!.confidence = 1
      advice!.uncertainty.band = 'high'
      advice!.risk_flags = ['dspy_runtime_fallback']
    }),
    entry('2026-03-08T16:00:00Z', { verdict: 'veto', adviceVerdict: null, reason: 'new_risk_halted' }, (record) => {
      record.usage = null
    }),
  ])
  const found = await evaluate('2026-03-08T20:00:00Z')
  expect(found).toMatchObject({
    totalReviews: 6,
    verdictCounts: { approve: 2, veto: 3, adjust: 1, abstain: 1, escalate: 0, error: 1 },
    avgConfidence: 0.734225,
    tokens: { prompt: 3600, completion: 480 },
    topRiskFlags: [
      { flag: 'b', count: 2 },
      { flag: 'a', count: 1 },
      { flag: 'dspy_runtime_fallback', count: 1 },
    ],
    contribution: { events: 3, fallbacks: 2, guardrails: 1 },
  })
  // |0.8 − 0.5| once and |0.8 − 0.81234| three times; |1 − 0.5 − 0.4| once and |1 − 0.81234 − 0.19| three times.
  expect(found.calibration).toEqual({
    meanConfidenceGap: 0.084255,
    meanUncertaintyAlignmentError: 0.026755,
    meanQualityScore: 0.75,
    highUncertaintyRate: 0.25,
    samples: 4,
  })
})
