import { DEFAULT_FAST_PATH_POLICY, parseReviewSubmission } from '@torghut/contracts'
import type { ControlName, ReviewRecord } from '@torghut/contracts'
import { exampleGatePolicy, exampleSubmission } from '@torghut/contracts/testing'
import type { ControlsSnapshot } from '@torghut/gates'
import { fallbackAdvice } from '@torghut/programs'
import type { ProgramRun } from '@torghut/programs'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'

import { reviewDecision } from './review-decision.ts'
import type { ReviewPorts } from './review-decision.ts'

const policy = exampleGatePolicy()

/** A model that approves, with a transcript's worth of lineage. */
const approval: ProgramRun = {
  ok: true,
  advice: {
    ...fallbackAdvice('internal'),
    verdict: 'approve',
    calibrated_probabilities: { approve: 1, veto: 0, adjust: 0, abstain: 0, escalate: 0 },
  },
  mandatoryRoles: [],
  promptHash: 'a'.repeat(64),
  responseHash: 'b'.repeat(64),
  responseText: 'x',
  usage: { promptTokens: 900, completionTokens: 100, totalTokens: 1_000 },
  firstTokenMs: 1,
  totalMs: 2,
  bytes: 3,
  attempts: 1,
  completionId: null,
  threadId: null,
  strictlyValid: true,
  ignoredKeys: [],
  provenance: { nodes: [], fields: [] },
}

function controlled(...names: ControlName[]): ControlsSnapshot {
  const control = { scope: null, value: true, actor: 'ops', reason: 'drill', set_at: '2026-02-27T15:00:00Z', expires_at: null }
  return { asOf: '2026-02-27T15:31:02Z', ageMs: 5, controls: names.map((name) => ({ ...control, name })) }
}

const CALM = { regime_id: 'R2', entropy_band: 'low', predicted_next: 'R2', artifact_version: 'hmm-1', guardrail_reason: null }
const FAST = {
  ...DEFAULT_FAST_PATH_POLICY,
  max_router_entropy: null,
  max_expert_spread: null,
  max_transition_probability: null,
}

interface Story {
  /** The controls before the program is asked, and once it has answered. */
  before?: ControlsSnapshot
  after?: ControlsSnapshot
  isExit?: boolean
  /** A calm decision under a policy that lets the model be skipped. */
  isFast?: boolean
  /** Runs of the program that the cap still allows. */
  runsLeft?: number
}

/** Reviews the example once; tells the record and how often the program was asked. */
async function tell({ before = controlled(), after = before, isExit = false, isFast = false, runsLeft = 9 }: Story): Promise<{ record: ReviewRecord; asked: number }> {
  let asked = 0
  const body = exampleSubmission()
  if (isExit) {
    body.request.decision.action = 'sell'
    body.request.positions = [{ symbol: 'NVDA', qty: '10', side: 'long' }] as never
  }
  if (isFast) Object.assign(body.request.decision, { regime_hmm: CALM })
  const parsed = parseReviewSubmission(body)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const ports: ReviewPorts = {
    clock: { now: () => new Date('2026-02-27T15:31:02Z'), monotonicMs: () => 0 },
    newId: () => uuidv7(),
    newNonce: () => 'nonce',
    policy: isFast ? { ...policy, fast_path: FAST, critical_notional_usd: '5000' } : policy,
    policyHash: 'c'.repeat(64),
    programName: 'p',
    signatureVersion: 'v1',
    model: 'm',
    replayClock: false,
    isSimulated: () => true,
    isDurable: () => true,
    controls: () => (asked === 0 ? before : after),
    resolveArtifact: async () => ({ ok: true, arm: 'candidate', artifact: { hash: 'd'.repeat(64), kind: 'seed', executor: 'dspy_live', mandatoryRoles: [], stage: 'paper' } as never }),
    takeProgramRun: () => runsLeft > 0,
    runProgram: async () => {
      asked += 1
      return approval
    },
    observeGates: (settle) => settle(),
  }
  const deadline = { totalMs: 8_000, remainingMs: () => 8_000, programMs: () => 8_000 }
  const record = await reviewDecision({ submission: parsed.submission, dropped: parsed.dropped, receivedAtMs: 0, deadline }, ports)
  return { record, asked }
}

test('reviewDecision() asks the program once while no control is on', async () => {
  const { record, asked } = await tell({})
  expect([asked, record.verdict, record.llm_skipped, record.fallback]).toEqual([1, 'approve', null, null])
})

test('reviewDecision() under a halt vetoes without asking and says kill_switch', async () => {
  const { record, asked } = await tell({ before: controlled('halt_new_risk', 'force_deterministic') })
  expect(asked).toBe(0)
  expect(record).toMatchObject({ verdict: 'veto', reason: 'new_risk_halted', llm_skipped: 'kill_switch', advice: null, fallback: null })
})

test('reviewDecision() under force_deterministic lets the fallback speak without asking', async () => {
  const { record, asked } = await tell({ before: controlled('force_deterministic') })
  expect(asked).toBe(0)
  expect(record).toMatchObject({ verdict: 'veto', reason: 'llm_runtime_fallback', fallback: { cause: 'force_deterministic' }, usage: null })
})

test('reviewDecision() obeys a halt that was set while the program answered, and keeps what it said', async () => {
  const { record, asked } = await tell({ after: controlled('halt_new_risk') })
  expect(asked).toBe(1)
  expect(record).toMatchObject({ verdict: 'veto', reason: 'new_risk_halted', llm_skipped: null, advice: { verdict: 'approve' } })
})

test('reviewDecision() drops an advice that came after the fallback was forced, but not what it cost', async () => {
  const { record } = await tell({ after: controlled('force_deterministic') })
  expect(record).toMatchObject({
    verdict: 'veto',
    advice: { rationale: 'dspy_runtime_fallback_veto' },
    fallback: { cause: 'force_deterministic' },
    usage: { tokens_prompt: 900 },
    lineage: { response_hash: 'b'.repeat(64) },
  })
})

test('reviewDecision() lets a proved exit go under every control, unread ones included', async () => {
  const all = controlled('halt_new_risk', 'force_deterministic', 'pause_promotions', 'force_defensive_router')
  const { record, asked } = await tell({ before: { ...all, ageMs: null }, isExit: true })
  expect([asked, record.verdict, record.llm_skipped]).toEqual([0, 'approve', 'reducing'])
})

test('reviewDecision() on the fast path skips the model, says why, and leaves the order to the gates', async () => {
  const { record, asked } = await tell({ isFast: true })
  expect(asked).toBe(0)
  expect(record).toMatchObject({ verdict: 'approve', llm_skipped: 'fast_path', advice: null, fallback: null, decision: { qty: '10' } })
  expect(record.outcomes.find(({ gate }) => gate === 'fast-path')).toMatchObject({ passed: true, evidence: { triggers: [], entropy_band: 'low' } })
  expect(record.lineage).toMatchObject({ arm: 'candidate', stage: 'paper', artifact_hash: 'd'.repeat(64), prompt_hash: null })
})

test('reviewDecision() on the fast path obeys halts and forced fallbacks all the same', async () => {
  const halted = await tell({ isFast: true, before: controlled('halt_new_risk') })
  expect(halted.record).toMatchObject({ verdict: 'veto', llm_skipped: 'kill_switch' })
  const forced = await tell({ isFast: true, before: controlled('force_deterministic') })
  expect(forced.record).toMatchObject({ verdict: 'veto', llm_skipped: null, fallback: { cause: 'force_deterministic' } })
})

test('reviewDecision() over the cap falls back as overloaded; a decision that needs no model does not mind', async () => {
  const { record, asked } = await tell({ runsLeft: 0 })
  expect(asked).toBe(0)
  expect(record).toMatchObject({ verdict: 'veto', fallback: { cause: 'overloaded' }, lineage: { arm: 'candidate' } })
  expect((await tell({ runsLeft: 0, isFast: true })).record).toMatchObject({ verdict: 'approve', llm_skipped: 'fast_path' })
})
