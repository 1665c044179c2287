import { parseReviewSubmission } from '@torghut/contracts'
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
}

function controlled(...names: ControlName[]): ControlsSnapshot {
  const control = { scope: null, value: true, actor: 'ops', reason: 'drill', set_at: '2026-02-27T15:00:00Z', expires_at: null }
  return { asOf: '2026-02-27T15:31:02Z', ageMs: 5, controls: names.map((name) => ({ ...control, name })) }
}

interface Story {
  /** The controls before the program is asked, and once it has answered. */
  before?: ControlsSnapshot
  after?: ControlsSnapshot
  isExit?: boolean
}

/** Reviews the example once; tells the record and how often the program was asked. */
async function tell({ before = controlled(), after = before, isExit = false }: Story): Promise<{ record: ReviewRecord; asked: number }> {
  let asked = 0
  const body = exampleSubmission()
  if (isExit) {
    body.request.decision.action = 'sell'
    body.request.positions = [{ symbol: 'NVDA', qty: '10', side: 'long' }] as never
  }
  const parsed = parseReviewSubmission(body)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const ports: ReviewPorts = {
    clock: { now: () => new Date('2026-02-27T15:31:02Z'), monotonicMs: () => 0 },
    newId: () => uuidv7(),
    newNonce: () => 'nonce',
    policy,
    policyHash: 'c'.repeat(64),
    programName: 'p',
    signatureVersion: 'v1',
    model: 'm',
    replayClock: false,
    isSimulated: () => true,
    controls: () => (asked === 0 ? before : after),
    resolveArtifact: async () => ({ ok: true, artifact: { hash: 'd'.repeat(64), kind: 'seed', executor: 'dspy_live', mandatoryRoles: [] } as never }),
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
