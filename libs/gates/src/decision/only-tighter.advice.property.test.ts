import fc from 'fast-check'
import { expect, test } from 'vitest'

import { cheapEvidence } from '../testing/cheap-evidence.ts'
import { propertySettings } from '../testing/property-settings.ts'
import { sampleAdvice } from '../testing/samples.ts'
import { looserThan } from '../testing/tightness.ts'
import { settleVerdict } from './settle-verdict.ts'

const SETTINGS = propertySettings(0)

/** An approve nothing can be held against. */
const PERFECT_APPROVE = sampleAdvice({
  confidence: 1,
  calibrated_probabilities: { approve: 1, veto: 0, adjust: 0, abstain: 0, escalate: 0 },
  uncertainty: { score: 0, band: 'low' },
})

test('settleVerdict() answers every advice with no more than the gates would with a perfect approve', { timeout: 3_600_000 }, () => {
  const seen = { approve: 0, adjust: 0, veto: 0 }
  fc.assert(
    fc.property(cheapEvidence, (evidence) => {
      const given = settleVerdict(evidence)
      const bound = settleVerdict({ ...evidence, advice: PERFECT_APPROVE, fallbackCause: null, llmSkipped: null })
      seen[given.verdict] += 1
      return looserThan(given, bound, evidence.submission.request.decision.action) === null
    }),
    SETTINGS,
  )
  // A property over nothing but vetoes would hold of anything.
  expect(Math.min(seen.approve, seen.adjust, seen.veto)).toBeGreaterThan(SETTINGS.numRuns / 100)
})
