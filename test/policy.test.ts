import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { exampleSubmission } from '@torghut/contracts/testing'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { runTorghut } from './support/run-torghut.ts'
import { getJson, postJson, removeFolder, sendJson, startStack, temporaryFolder } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'

const COMMITTED = readFileSync(fileURLToPath(new URL('../config/gate-policy.yaml', import.meta.url)), 'utf8')
const RESTRICTED = COMMITTED.replace('restricted_symbols: []', 'restricted_symbols: [NVDA]')

/** A change of the file is used within a second; a busy machine may take longer to notice. */
const SOON = { timeout: 20_000, interval: 200 }

const folder = temporaryFolder()
const file = join(folder, 'gate-policy.yaml')
let stack: RunningStack

beforeAll(async () => {
  writeFileSync(file, COMMITTED)
  stack = await startStack({ env: { TORGHUT_GATE_POLICY_FILE: file } })
}, 120_000)

afterAll(async () => {
  await stack?.stop()
  removeFolder(folder)
})

type Body = ReturnType<typeof exampleSubmission>

/** Posts the example, changed, as a decision of its own. */
async function review(change: (body: Body) => void = () => undefined) {
  const body = exampleSubmission()
  body.trade_decision_id = randomUUID()
  change(body)
  const { status, body: answer } = await postJson(`${stack.api}/v1/reviews`, body)
  expect([status, answer]).toMatchObject([200, { review_id: expect.any(String) }])
  const { verdict, reason, lineage } = answer as unknown as { verdict: string; reason: string | null; lineage: { policy_hash: string } }
  return { verdict, reason, policyHash: lineage.policy_hash }
}

async function policyInForce(): Promise<string> {
  const { body } = await getJson(`${stack.api}/v1/runtime`)
  return body['policy_hash'] as string
}

test('a changed policy file is used without a restart, and every review names the policy that judged it', async () => {
  const before = await policyInForce()
  expect((await review()).policyHash).toBe(before)
  writeFileSync(file, RESTRICTED)
  await vi.waitFor(async () => expect(await policyInForce()).not.toBe(before), SOON)
  const restricted = await review()
  expect(restricted).toEqual({ verdict: 'veto', reason: 'symbol_restricted', policyHash: await policyInForce() })
  const metrics = await (await fetch(`${stack.api}/metrics`)).text()
  expect(metrics).toContain(`torghut_gate_policy_info{policy_hash="${restricted.policyHash}"} 1`)
  writeFileSync(file, COMMITTED)
  await vi.waitFor(async () => expect(await policyInForce()).toBe(before), SOON)
  expect((await review()).reason).not.toBe('symbol_restricted')
})

test('a bad policy file keeps the last good one, and readiness says where and why', async () => {
  const before = await policyInForce()
  writeFileSync(file, COMMITTED.replace('max_drawdown: 0.15', 'max_drawdown: 15'))
  const reasonOf = async () => {
    const { status, body } = await getJson(`${stack.api}/readyz`)
    const reasons = body['reasons'] as { name: string; reason: string }[]
    return { status, state: body['status'], reason: reasons.find(({ name }) => name === 'policy')?.reason ?? '' }
  }
  await vi.waitFor(async () => expect((await reasonOf()).reason).toMatch(/line \d+: limits\.max_drawdown/), SOON)
  expect(await reasonOf()).toMatchObject({ status: 200, state: 'degraded' })
  expect((await review()).policyHash).toBe(before)
  writeFileSync(file, COMMITTED)
  await vi.waitFor(async () => expect((await reasonOf()).reason).toBe(''), SOON)
})

/** What each node of the example's review did with the cache, and with the model. */
async function nodesOf(change: (body: Body) => void) {
  const body = exampleSubmission()
  body.trade_decision_id = randomUUID()
  change(body)
  const { review_id: id } = (await postJson(`${stack.api}/v1/reviews`, body)).body as unknown as { review_id: string }
  const { body: stored } = await getJson(`${stack.api}/v1/reviews/${id}`)
  const { provenance, lineage } = (stored['review'] ?? stored) as {
    provenance: { nodes: { cache: string; calls: unknown[] }[] }
    lineage: { prompt_hash: string | null }
  }
  return { nodes: provenance.nodes.map(({ cache, calls }) => [cache, calls.length]), promptHash: lineage.prompt_hash }
}

test('a review uses what a model said before only while the policy allows it, and says so', async () => {
  const strategy = randomUUID()
  const ask = () => nodesOf((body) => void (body.request.decision.strategy_id = strategy))
  const before = await policyInForce()
  const first = await ask()
  expect(first.nodes).toEqual(Array(4).fill(['off', 1]))
  expect((await ask()).nodes).toEqual(first.nodes)
  writeFileSync(file, COMMITTED.replace('caches_on_review_path: false', 'caches_on_review_path: true'))
  await vi.waitFor(async () => expect(await policyInForce()).not.toBe(before), SOON)
  expect((await ask()).nodes).toEqual(Array(4).fill(['miss', 1]))
  expect(await ask()).toEqual({ nodes: Array(4).fill(['hit', 0]), promptHash: first.promptHash })
  const metrics = await (await fetch(`${stack.api}/metrics`)).text()
  expect(metrics).toContain('torghut_program_cache_hits_total{cache="node",from="memory"} 4')
  expect(metrics).toContain('torghut_program_cache_misses_total{cache="validation"} 4')
  const client = new Client({ connectionString: stack.database })
  await client.connect()
  const kept = async (table: string) => (await client.query(`SELECT 1 FROM ${table}`)).rowCount
  await vi.waitFor(async () => expect([await kept('node_results'), await kept('validation_results')]).toEqual([4, 4]), SOON)
  await client.end()
  writeFileSync(file, COMMITTED)
  await vi.waitFor(async () => expect(await policyInForce()).toBe(before), SOON)
  expect((await ask()).nodes).toEqual(first.nodes)
})

test('a strategy that repeats itself is throttled until a person clears it', async () => {
  const strategy = randomUUID()
  const scope = { symbol: 'NVDA', strategy_id: strategy }
  const repeated = (repeats: number) =>
    review((body) => {
      body.request.decision.strategy_id = strategy
      body.gate_state.activity.repeats_today = repeats
    })
  expect((await repeated(19)).reason).not.toBe('repeated_execution')
  expect(await repeated(20)).toMatchObject({ verdict: 'veto', reason: 'repeated_execution' })
  // The scheduler counts anew; the throttle does not.
  expect(await repeated(0)).toMatchObject({ verdict: 'veto', reason: 'repeated_execution' })
  const listed = await runTorghut('throttle', 'list', '--url', stack.api, '--json')
  expect(listed.stderr).toEqual([])
  expect(JSON.parse(listed.stdout.join(''))).toMatchObject({ items: [{ name: 'throttle', scope, actor: 'system', value: true }] })
  const expiring = { value: true, scope, reason: 'for an hour', expires_at: '2999-01-01T00:00:00Z' }
  expect((await sendJson('PUT', `${stack.api}/v1/controls/throttle`, expiring)).status).toBe(422)
  const options = ['--symbol', 'NVDA', '--strategy', strategy, '--reason', 'loop mended']
  const cleared = await runTorghut('throttle', 'clear', ...options, '--url', stack.api)
  expect([cleared.code, cleared.stdout]).toEqual([0, [expect.stringContaining('cleared')]])
  await vi.waitFor(async () => expect((await repeated(0)).reason).not.toBe('repeated_execution'), SOON)
})
