import type { ProgramOutput } from '@torghut/contracts'
import { FALLBACK_CAUSES } from '@torghut/contracts'
import { FAULT_KINDS, REVISIONS } from '@torghut/jangar-simulator'
import type { FaultKind, Revision } from '@torghut/jangar-simulator'
import { createJangarTransport } from '@torghut/jangar-transport'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { EXPECTATIONS } from './support/expectations.ts'
import { DELTAS, casesOf, rankOf, sampleCases } from './support/fault-cases.ts'
import type { FaultCase } from './support/fault-cases.ts'
import { inParallel } from './support/in-parallel.ts'
import type { Meeting } from './support/meet-fault.ts'
import { meetFault } from './support/meet-fault.ts'
import type { ReviewPrompt } from './support/review-prompt.ts'
import { checksAsJudged, decidingValues, readAnswer, reviewPrompts } from './support/review-prompt.ts'
import type { SimulatorProcess } from './support/simulator-process.ts'
import { startSimulatorProcess } from './support/simulator-process.ts'

/** The share of all cases that is run, and the revision they are run in (0: all three): a few of every kind in CI. */
const SHARE = Number(process.env['TORGHUT_FAULT_SHARE'] || 0.02)
const REVISION = Number(process.env['TORGHUT_FAULT_REVISION'] || 0)
const SEED = `faults-${process.env['TORGHUT_FAULT_SEED'] || 1}`

/** Calls of a kind at once, beside those of other kinds: most of them wait, and none may delay another's clock. */
const WIDTH = 4

/** A test may only ask for a loose bound; the proof notes what was measured. */
const OVERSHOOT_LOOSE_MS = 1_000

/** Of the calls for which a second attempt comes through (the simulator sees to that), this share has to succeed. */
const RECOVERED_MIN = 0.95

const MODELS: Readonly<Record<Revision, string>> = {
  R1: 'gpt-5.3-codex-spark',
  R2: 'gpt-5.3-codex-spark',
  R3: 'gpt-5.6-sol',
}

/** Faults of a whole gateway, which would spoil the calls beside them: `gateway-faults.test.ts` has them. */
const ALONE: readonly FaultKind[] = ['refused', 'backend_dies']
const revisions = REVISION === 0 ? REVISIONS : REVISIONS.slice(REVISION - 1, REVISION)
const kinds = FAULT_KINDS.filter((kind) => !ALONE.includes(kind))

let simulator: SimulatorProcess
const clean = new Map<ReviewPrompt, ProgramOutput>()
const prompts = new Map<Revision, ReviewPrompt[]>()
const met: (Meeting & FaultCase)[] = []

beforeAll(async () => {
  simulator = await startSimulatorProcess('--time-scale', '0.1')
  for (const revision of REVISIONS) {
    prompts.set(revision, reviewPrompts(MODELS[revision]))
    for (const prompt of prompts.get(revision) ?? []) clean.set(prompt, await cleanAnswer(prompt, revision))
  }
})
afterAll(async () => simulator.stop())

test('the answers of the matrix hold every kind of deciding value', () => {
  const outputs = [...clean.values()]
  expect(new Set(outputs.map(({ verdict }) => verdict))).toEqual(new Set(['approve', 'adjust', 'veto']))
  expect(outputs.some(({ adjustedQty }) => adjustedQty !== null)).toBe(true)
})

test.concurrent.each(kinds)('calls that meet %s end in time, with a documented cause or their own answer', async (kind) => {
  const expected = EXPECTATIONS[kind]
  const cases = sampleCases(casesOf(kind, revisions), SHARE, SEED)
  const meetings = await inParallel(cases, WIDTH, async (one) => {
    const prompt = promptFor(one)
    const meeting = await meetFault(one, { chatUrl: simulator.chatUrl, model: MODELS[one.revision], prompt })
    judge(one, meeting, prompt)
    return { ...meeting, ...one }
  })
  met.push(...meetings)
  if (expected.answer === 'whole') expect(meetings.every(({ read }) => read.ok)).toBe(true)
}, 600_000)

test('calls that meet a passing fault are tried again and succeed', ({ task }) => {
  const once = met.filter(({ meets }) => meets === 'once')
  const recovered = once.filter(({ read }) => read.ok)
  expect(once.length).toBeGreaterThan(20)
  expect(recovered.length / once.length).toBeGreaterThanOrEqual(RECOVERED_MIN)
  tell(task, { passing_faults: once.length, recovered_share: rounded(recovered.length / once.length) })
})

test('no call goes on after its deadline', ({ task }) => {
  const overshoots = met.map(({ overshootMs }) => overshootMs).sort((left, right) => right - left)
  const [worst = Number.NaN] = overshoots
  expect(worst).toBeLessThanOrEqual(OVERSHOOT_LOOSE_MS)
  const late = overshoots.filter((ms) => ms > 0)
  tell(task, {
    calls: met.length,
    kinds: kinds.length,
    answers_read_under_damage: met.filter(({ read, meets }) => read.ok && meets === 'always').length,
    calls_ended_by_deadline: late.length,
    overshoot_max_ms: rounded(worst),
    overshoot_p99_ms: rounded(late[Math.floor(late.length / 100)] ?? 0),
  })
})

function judge(one: FaultCase, { name, read, overshootMs }: Meeting, prompt: ReviewPrompt): void {
  const { answer, causes } = EXPECTATIONS[one.kind]
  const told = read.ok ? name : `${name}: ${read.cause}, ${read.detail}`
  expect(overshootMs, told).toBeLessThanOrEqual(OVERSHOOT_LOOSE_MS)
  if (!read.ok) {
    expect(Object.keys(FALLBACK_CAUSES), told).toContain(read.cause)
    expect(causes, told).toContain(read.cause)
    return
  }
  const own = clean.get(prompt) as ProgramOutput
  if (answer !== 'reworded') {
    expect(one.meets === 'once' || answer !== 'never', told).toBe(true)
    return expect(read.output, told).toEqual(own)
  }
  expect(decidingValues(read.output), told).toEqual(decidingValues(own))
  expect([checksAsJudged(own), 'veto'], told).toContainEqual(checksAsJudged(read.output))
}

/** The same prompt for the same place, another one for its neighbour. */
function promptFor({ revision, at, kind }: FaultCase): ReviewPrompt {
  const list = prompts.get(revision) ?? []
  return list[Math.floor(rankOf(`${kind}@${at}`) * list.length)] as ReviewPrompt
}

async function cleanAnswer({ messages, nonce }: ReviewPrompt, revision: Revision): Promise<ProgramOutput> {
  const chatUrl = simulator.chatUrl(`revision=${revision}&deltas=${DELTAS}&fault=ok`)
  const transport = createJangarTransport({ chatUrl })
  const read = readAnswer(await transport.complete({ model: MODELS[revision], messages }, { timeoutMs: 20_000 }), nonce)
  await transport.close()
  if (!read.ok) throw new Error(`A clean call failed: ${read.cause}, ${read.detail}`)
  return read.output
}

function tell(task: { meta: object }, figures: Record<string, number>): void {
  Object.assign(task.meta, { figures })
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
