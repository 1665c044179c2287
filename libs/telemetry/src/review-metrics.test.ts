import { ReviewRecord } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { exportBreakers } from './breaker-metrics.ts'
import type { GuardrailStatus } from './guardrail-gauges.ts'
import { ReviewMetrics } from './review-metrics.ts'

const COUNTERS = `requests approve veto adjust abstain escalate error parse_error validation_error circuit_open
  fail_mode_override fail_mode_exception stage_policy_violation shadow guardrail_block guardrail_shadow policy_fallback
  market_context_block market_context_error tokens_prompt tokens_completion committee_schema_error committee_veto
  committee_veto_alignment policy_resolution market_context_reason market_context_shadow committee_requests
  committee_verdict`

const EXPORTED_COUNTERS = `requests approve veto adjust error parse_error validation_error circuit_open fail_mode_override
  fail_mode_exception stage_policy_violation shadow guardrail_block guardrail_shadow tokens_prompt tokens_completion`

const EXPORTED_GAUGES = `guardrails_last_scrape_success guardrails_last_scrape_ts_seconds enabled shadow_mode
  effective_shadow_mode rollout_stage_info effective_fail_mode_info policy_resolution_info policy_exception_active
  policy_violation_active stage_policy_violation_active governance_evidence_complete circuit_open
  circuit_cooldown_seconds veto_rate_baseline tokens_per_request_budget error_ratio circuit_open_ratio
  error_ratio_alert circuit_open_alert`

/** Every name of section 7 of the contract with its type; dashboards and alerts ask for these. */
const CONTRACT = [
  ...words(COUNTERS).map((name) => `torghut_trading_llm_${name}_total counter`),
  'torghut_trading_llm_committee_latency_ms gauge',
  'torghut_trading_llm_committee_veto_alignment_rate gauge',
  ...words(EXPORTED_COUNTERS).map((name) => `torghut_llm_${name}_total counter`),
  ...words(EXPORTED_GAUGES).map((name) => `torghut_llm_${name} gauge`),
]

const STATUS: GuardrailStatus = {
  enabled: true,
  shadowMode: false,
  effectiveShadowMode: false,
  rolloutStage: 'paper',
  effectiveFailMode: 'veto',
  classification: 'compliant',
  policyExceptionActive: false,
  policyViolationActive: false,
  stagePolicyViolationActive: false,
  governanceEvidenceComplete: true,
  circuit: null,
}

function words(list: string): string[] {
  return list.trim().split(/\s+/)
}

/** A stored review with what a test wants changed at its top level. */
function record(changes: Partial<ReviewRecord> = {}): ReviewRecord {
  const hash = 'a'.repeat(64)
  return ReviewRecord.parse({
    review_id: '00000000-0000-4000-8000-000000000001',
    trade_decision_id: '00000000-0000-4000-8000-000000000002',
    reviewed_at: '2026-02-27T15:31:00Z',
    valid_until: '2026-02-27T15:32:00Z',
    clock: 'wall',
    verdict: 'approve',
    reason: null,
    decision: null,
    advice: advice('approve', {}),
    outcomes: [{ gate: 'controls', passed: true, evidence: {} }],
    fallback: null,
    llm_skipped: null,
    lineage: {
      program_name: 'p',
      signature_version: 'v1',
      artifact_hash: hash,
      artifact_kind: 'seed',
      executor: 'dspy_live',
      model: 'm',
      simulated: true,
      prompt_hash: null,
      request_hash: hash,
      response_hash: null,
      hash_version: 'jcs-sha256-v1',
      policy_hash: hash,
      engine_version: 'e',
      arm: 'base',
      stage: 'paper',
    },
    basis: {
      decided_at: '2026-03-02T15:04:06Z',
      mandatory_roles: ['policy_judge'],
      controls: { as_of: '2026-03-02T15:04:06Z', age_ms: 0, in_force: [] },
      durable: true,
    },
    provenance: null,
    usage: { tokens_prompt: 900, tokens_completion: 100 },
    dropped: { params: 0, positions: 0, advice_keys: [] },
    timings: { total_ms: 5, program_ms: 4, first_token_ms: 1, gates_ms: 0.1 },
    ...changes,
  })
}

function advice(verdict: string, members: Record<string, object>): ReviewRecord['advice'] {
  const roles = Object.entries(members).map(([role, said]) => [role, { role, confidence: 0.7, rationale_short: 'x', ...said }])
  return {
    verdict,
    confidence: 0.8,
    confidence_band: 'high',
    calibrated_probabilities: { approve: 0.05, veto: 0.05, adjust: 0.05, abstain: 0.05, escalate: 0.05, [verdict]: 0.8 },
    uncertainty: { score: 0.2, band: 'low' },
    rationale: 'x',
    escalate_reason: 'x',
    committee:
      roles.length === 0
        ? null
        : { roles: Object.fromEntries(roles), mandatory_roles: ['risk_critic'], fail_closed_verdict: 'veto' },
  } as never
}

/** The samples of a scrape that are not zero, without the process's own and the histogram's buckets. */
async function moved(metrics: ReviewMetrics): Promise<string[]> {
  const lines = (await metrics.registry.metrics()).split('\n')
  return lines.filter((line) => /^torghut_trading_llm_/.test(line) && !/_duration_|alignment_rate/.test(line) && !line.endsWith(' 0'))
}

async function after(...records: ReviewRecord[]): Promise<string[]> {
  const metrics = new ReviewMetrics()
  for (const item of records) metrics.countReview(item, 0.1)
  return (await moved(metrics)).map((line) => line.replace('torghut_trading_llm_', ''))
}

const ALWAYS = ['policy_resolution_total{classification="compliant"} 1', 'gate_outcome_total{gate="controls",passed="true"} 1']

test('ReviewMetrics offers every name of the contract, with its type and a help text', async () => {
  const metrics = new ReviewMetrics()
  exportBreakers(metrics.registry, () => [])
  const text = await metrics.registry.metrics()
  const offered = [...text.matchAll(/^# TYPE (torghut_(?:trading_)?llm_\w+ \w+)$/gm)].map(([, found]) => found)
  expect(CONTRACT).toHaveLength(new Set(CONTRACT).size)
  expect(CONTRACT.filter((name) => !offered.includes(name))).toEqual([])
  for (const name of CONTRACT) expect(text).toMatch(new RegExp(`^# HELP ${name.split(' ')[0]} \\S`, 'm'))
})

test('countReview() of an approve counts the request, the verdict and its tokens', async () => {
  expect((await after(record())).sort()).toEqual(
    [...ALWAYS, 'requests_total 1', 'approve_total 1', 'tokens_prompt_total 900', 'tokens_completion_total 100'].sort(),
  )
})

test.each<[string, Partial<ReviewRecord>, string[]]>([
  ['an abstain that policy vetoed', { verdict: 'veto', advice: advice('abstain', {}), reason: 'llm_abstain_fallback_veto' }, ['abstain_total 1', 'policy_fallback_total 1', 'requests_total 1', 'veto_total 1']],
  ['an escalate', { verdict: 'veto', advice: advice('escalate', {}) }, ['escalate_total 1', 'requests_total 1', 'veto_total 1']],
  ['a missing answer', { verdict: 'veto', fallback: { cause: 'answer_missing', detail: '' } }, ['error_total 1', 'fallback_total{cause="answer_missing"} 1', 'parse_error_total 1', 'requests_total 1', 'veto_total 1']],
  ['an invalid answer', { verdict: 'veto', fallback: { cause: 'advice_invalid', detail: '' } }, ['error_total 1', 'fallback_total{cause="advice_invalid"} 1', 'requests_total 1', 'validation_error_total 1', 'veto_total 1']],
  ['a forced fallback', { verdict: 'veto', fallback: { cause: 'force_deterministic', detail: '' } }, ['error_total 1', 'fallback_total{cause="force_deterministic"} 1', 'guardrail_block_total 1', 'requests_total 1', 'veto_total 1']],
  ['a halt', { verdict: 'veto', advice: null, llm_skipped: 'kill_switch' }, ['guardrail_block_total 1', 'skipped_total{reason="kill_switch"} 1', 'veto_total 1']],
  ['a proved exit', { advice: null, llm_skipped: 'reducing' }, ['approve_total 1', 'skipped_total{reason="reducing"} 1']],
])('countReview() of %s', async (_what, changes, expected) => {
  expect((await after(record({ usage: null, ...changes }))).sort()).toEqual([...ALWAYS, ...expected].sort())
})

test('countReview() tells a context block that vetoes from one that paper only reports', async () => {
  const blocked = { gate: 'market-context', passed: false, code: 'market_context_stale', evidence: {} } as const
  const reported = { gate: 'market-context', passed: true, evidence: { blocked: 'market_context_quality_low' } } as const
  const fine = { gate: 'market-context', passed: true, evidence: {} } as const
  const lines = await after(record({ outcomes: [blocked] }), record({ outcomes: [reported] }), record({ outcomes: [fine] }))
  expect(lines.filter((line) => line.startsWith('market_context'))).toEqual([
    'market_context_block_total 1',
    'market_context_reason_total{reason="market_context_stale"} 1',
    'market_context_shadow_total{reason="market_context_quality_low"} 1',
  ])
})

test('countReview() counts what committee members said and whether their vetoes held', async () => {
  const metrics = new ReviewMetrics()
  const veto = advice('veto', { risk_critic: { verdict: 'veto', latency_ms: 40 }, researcher: { verdict: 'veto', schema_error: true } })
  metrics.countReview(record({ verdict: 'veto', advice: veto }), 0.1)
  metrics.countReview(record({ advice: advice('approve', { risk_critic: { verdict: 'approve' }, researcher: { verdict: 'veto' } }) }), 0.1)
  const text = await metrics.registry.metrics()
  for (const line of [
    'committee_requests_total{role="risk_critic"} 2',
    'committee_verdict_total{role="researcher",verdict="veto"} 2',
    'committee_verdict_total{role="risk_critic",verdict="approve"} 1',
    'committee_schema_error_total 1',
    'committee_veto_total 1',
    'committee_veto_alignment_total 1',
    'committee_veto_alignment_rate 1',
    'committee_latency_ms{role="risk_critic"} 40',
  ]) {
    expect(text).toContain(`\ntorghut_trading_llm_${line}\n`)
  }
  metrics.countReview(record({ verdict: 'approve', advice: veto }), 0.1)
  expect(await metrics.registry.metrics()).toContain('\ntorghut_trading_llm_committee_veto_alignment_rate 0.5\n')
})

test('countReview() moves the exporter’s counters with the others, and policyResolutions tells their sum', async () => {
  const metrics = new ReviewMetrics()
  metrics.countReview(record(), 0.1)
  metrics.countReview(record({ verdict: 'veto', fallback: { cause: 'breaker_open', detail: '' } }), 0.1)
  const text = await metrics.registry.metrics()
  for (const name of ['requests_total 2', 'approve_total 1', 'veto_total 1', 'error_total 1', 'tokens_prompt_total 1800']) {
    expect(text).toContain(`\ntorghut_llm_${name}\n`)
  }
  expect(metrics.policyResolutions).toEqual({ compliant: 2, intentional_exception: 0, violation: 0 })
})

test('showGuardrails() sets the gauges from one look, keeps them when the look fails, and says so', async () => {
  const metrics = new ReviewMetrics()
  metrics.showGuardrails({ ...STATUS, effectiveFailMode: 'other' }, 100)
  metrics.showGuardrails(STATUS, 1_700_000_000.5)
  const text = await metrics.registry.metrics()
  for (const line of [
    'guardrails_last_scrape_success 1',
    'guardrails_last_scrape_ts_seconds 1700000000.5',
    'enabled 1',
    'shadow_mode 0',
    'rollout_stage_info{stage="paper"} 1',
    'effective_fail_mode_info{fail_mode="veto"} 1',
    'policy_resolution_info{classification="compliant"} 1',
    'governance_evidence_complete 1',
    'veto_rate_baseline 0.4',
    'tokens_per_request_budget 800',
    'error_ratio 0',
    'error_ratio_alert 0',
    'circuit_open_alert 0',
  ]) {
    expect(text).toContain(`\ntorghut_llm_${line}\n`)
  }
  expect(text).not.toContain('fail_mode="other"')
  metrics.showGuardrails(null, 1_700_000_099)
  const later = await metrics.registry.metrics()
  expect(later).toContain('\ntorghut_llm_guardrails_last_scrape_success 0\n')
  expect(later).toContain('\ntorghut_llm_guardrails_last_scrape_ts_seconds 1700000000.5\n')
  expect(later).toContain('\ntorghut_llm_enabled 1\n')
})

test('showGuardrails() raises the alerts at 15 % errors and at 120 s of cool-down, not below', async () => {
  const alerts = async (errors: number, cooldownSeconds: number) => {
    const metrics = new ReviewMetrics()
    for (let count = 0; count < 100; count += 1) {
      metrics.countReview(record(count < errors ? { fallback: { cause: 'internal', detail: '' } } : {}), 0.1)
    }
    metrics.showGuardrails({ ...STATUS, circuit: { isOpen: true, cooldownSeconds } }, 1)
    return (await metrics.registry.metrics()).match(/^torghut_llm_\w+_alert \d$/gm)
  }
  expect(await alerts(15, 120)).toEqual(['torghut_llm_error_ratio_alert 1', 'torghut_llm_circuit_open_alert 1'])
  expect(await alerts(14, 119)).toEqual(['torghut_llm_error_ratio_alert 0', 'torghut_llm_circuit_open_alert 0'])
})
