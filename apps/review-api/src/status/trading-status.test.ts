import type { RuntimeControl } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { LlmStatus, llmStatus } from './trading-status.ts'
import type { StatusFacts } from './trading-status.ts'

const halt: RuntimeControl = {
  name: 'halt_new_risk',
  scope: null,
  value: true,
  actor: 'ops',
  reason: 'drill',
  set_at: '2026-02-27T15:00:00.000Z',
  expires_at: null,
}

const open = {
  open: true,
  open_until: '2026-02-27T15:40:00.000Z',
  opened_at: '2026-02-27T15:30:00.000Z',
  max_errors: 3,
  window_seconds: 300,
  cooldown_seconds: 600,
  cooldown_remaining_seconds: 540,
  open_seconds: 60,
  recent_error_count: 3,
}

function status(changes: Partial<StatusFacts> = {}) {
  return llmStatus({
    tradingMode: 'live',
    adjustmentAllowed: true,
    serving: { ok: true, artifact: { kind: 'compiled' } } as never,
    controls: { asOf: '2026-02-27T15:31:00.000Z', ageMs: 10_000, controls: [] },
    circuit: null,
    resolutions: { compliant: 7, intentional_exception: 0, violation: 0 },
    simulated: false,
    ...changes,
  })
}

const guardrails = (changes: Partial<StatusFacts>) => status(changes).guardrails

test('llmStatus() of a healthy process lets requests through and has the documented shape', () => {
  const healthy = status()
  expect(LlmStatus.parse(healthy)).toEqual(healthy)
  expect(healthy).toMatchObject({
    circuit: null,
    policy_resolution: { classification: 'compliant', reasoning: 'policy_compliant' },
    policy_resolution_counters: { compliant: 7 },
    guardrails: {
      allow_requests: true,
      governance_evidence_complete: true,
      effective_adjustment_allowed: true,
      committee_enabled: true,
      reasons: [],
    },
    simulated: false,
  })
})

test.each<[string, Partial<StatusFacts>, string[]]>([
  ['a halt of everything', { controls: { asOf: '2026-02-27T15:31:00Z', ageMs: 1, controls: [halt] } }, ['new_risk_halted']],
  ['a halt of one symbol', { controls: { asOf: '2026-02-27T15:31:00Z', ageMs: 1, controls: [{ ...halt, scope: { symbol: 'A' } }] } }, []],
  ['a halt that is over', { controls: { asOf: '2026-02-27T15:31:00Z', ageMs: 1, controls: [{ ...halt, expires_at: '2026-02-27T15:31:00Z' }] } }, []],
  ['a forced fallback', { controls: { asOf: '2026-02-27T15:31:00Z', ageMs: 1, controls: [{ ...halt, name: 'force_deterministic' }] } }, ['force_deterministic']],
  ['old controls in live', { controls: { asOf: '2026-02-27T15:31:00Z', ageMs: 10_001, controls: [] } }, ['controls_unreadable']],
  ['old controls in paper', { tradingMode: 'paper', controls: { asOf: '2026-02-27T15:31:00Z', ageMs: null, controls: [] } }, []],
  ['an open breaker', { circuit: open }, ['breaker_open']],
  ['no artifact', { serving: { ok: false, cause: 'artifact_missing', detail: 'x', arm: 'base' } }, ['artifact_missing']],
])('llmStatus() under %s gives these reasons', (_what, changes, reasons) => {
  expect(guardrails(changes)).toMatchObject({ allow_requests: reasons.length === 0, reasons })
  expect(status(changes).policy_resolution.guardrail_reasons).toEqual(reasons)
})

test('llmStatus() calls the evidence complete for a compiled artifact that is served, and for nothing else', () => {
  const serving = (kind: string) => ({ serving: { ok: true, artifact: { kind } } as never })
  for (const kind of ['seed', 'bootstrap']) expect(guardrails(serving(kind)).governance_evidence_complete).toBe(false)
  const missing = { ok: false, cause: 'artifact_missing', detail: 'x', arm: 'base' } as const
  expect(guardrails({ serving: missing }).governance_evidence_complete).toBe(false)
})
