import fc from 'fast-check'
import { expect, test } from 'vitest'

import { cheapEvidence } from '../testing/cheap-evidence.ts'
import { propertySettings } from '../testing/property-settings.ts'
import { looserOrder } from '../testing/tightness.ts'
import { originalOrder } from './original-order.ts'
import { settleVerdict } from './settle-verdict.ts'
import type { ReviewEvidence } from './settle-verdict.ts'

const SETTINGS = propertySettings(1)

test('settleVerdict() hands on no order above the original, and none a veto of anybody stands against', { timeout: 3_600_000 }, () => {
  let allowed = 0
  fc.assert(
    fc.property(cheapEvidence, (evidence) => {
      const { verdict, decision, outcomes } = settleVerdict(evidence)
      if (verdict === 'veto') return decision === null && outcomes.some(({ passed }) => !passed)
      allowed += 1
      if (decision === null || !outcomes.every(({ passed }) => passed)) return false
      const { submission, reducing } = evidence
      if (looserOrder(decision, originalOrder(submission), submission.request.decision.action) !== null) return false
      return reducing.reducing || isAssented(evidence)
    }),
    SETTINGS,
  )
  expect(allowed).toBeGreaterThan(SETTINGS.numRuns / 100)
})

/** Nobody who had a say said no; a skip of the model needs a policy that knows it. */
function isAssented({ advice, fallbackCause, llmSkipped, mandatoryRoles, policy }: ReviewEvidence): boolean {
  if (fallbackCause !== null || advice?.verdict === 'veto') return false
  if (advice === null) return llmSkipped === 'fast_path' && policy.fast_path !== null
  const words = mandatoryRoles.map((role) => advice.committee?.roles[role]?.verdict)
  return words.every((word) => word === 'approve' || word === 'adjust')
}
