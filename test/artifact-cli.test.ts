import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { ReviewAnswer, hashJson } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { BOOTSTRAP_HASH, seedArtifact } from '@torghut/programs'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { runTorghut } from './support/run-torghut.ts'
import { getJson, postJson, removeFolder, startStack, temporaryFolder } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'

/** Each command is a process of its own; a busy machine takes seconds to start one. */
const SLOW = { timeout: 120_000 }

const SEED = hashJson(seedArtifact('gpt-5.3-codex-spark'))

let stack: RunningStack
const folder = temporaryFolder()
const decisionId = randomUUID()
let answer: ReviewAnswer
beforeAll(async () => {
  stack = await startStack()
  const body = exampleSubmission()
  Object.assign(body.request.market_context.domains.regime, { payload: { trend: 0.1, imbalance: null, volatility: { b: 1, a: [2] } } })
  Object.assign(body.request.portfolio, { exposure_by_symbol: { SPY: '1', AAPL: '2' } })
  const posted = await postJson(`${stack.api}/v1/reviews`, { ...body, trade_decision_id: decisionId })
  answer = ReviewAnswer.parse(posted.body)
})
afterAll(async () => {
  await stack?.stop()
  removeFolder(folder)
})

const torghut = (...args: string[]) => runTorghut(...args, '--url', stack.api)

async function torghutJson(...args: string[]) {
  const { code, stdout, stderr } = await torghut(...args, '--json')
  return { code, stderr, body: JSON.parse(stdout.join('\n') || 'null') }
}

test('artifact list and show tell what is stored, whether it may serve, and what its nodes are told', SLOW, async () => {
  const { body } = await torghutJson('artifact', 'list')
  expect(body.items.map((item: { artifact_hash: string }) => item.artifact_hash)).toEqual(expect.arrayContaining([SEED, BOOTSTRAP_HASH]))
  const { code, stdout } = await torghut('artifact', 'show', SEED)
  expect(code).toBe(0)
  const text = stdout.join('\n')
  expect(text).toContain('yes, as seed for paper')
  for (const { id } of seedArtifact('x').nodes) expect(text).toContain(id)
})

test('artifact show --render prints the very messages each node was sent for a decision', SLOW, async () => {
  const { code, body } = await torghutJson('artifact', 'show', '--render', decisionId)
  expect([code, body.artifact_hash, body.review_id]).toEqual([0, SEED, answer.review_id])
  const nodes = body.nodes as { node: string; was_sent: boolean; prompt_hash: string; messages: { content: string }[] }[]
  expect(nodes.map(({ node, was_sent }) => [node, was_sent])).toEqual(answer.provenance?.nodes.map(({ node }) => [node, true]))
  expect(nodes.length).toBeGreaterThan(1)
  for (const { messages } of nodes) expect(messages.at(-1)?.content).toContain('"symbol":"NVDA"')
  const { stdout } = await torghut('artifact', 'show', '--render', decisionId)
  expect(stdout.filter((line) => line.includes('a call sent exactly this'))).toHaveLength(nodes.length)
})

test('artifact show --render of another artifact says that it was not sent', SLOW, async () => {
  const file = join(folder, 'other.json')
  const seed = seedArtifact('gpt-5.3-codex-spark')
  const nodes = seed.nodes.map((node) => ({ ...node, instructions: `${node.instructions}\nBe brief.` }))
  writeFileSync(file, JSON.stringify({ ...seed, nodes }))
  const imported = await torghutJson('artifact', 'import', '--file', file)
  expect(imported).toMatchObject({ code: 0, body: { stored: true, warnings: [] } })
  const rendered = await torghutJson('artifact', 'show', imported.body.artifact_hash, '--render', decisionId)
  expect(rendered.body.nodes.map((node: { was_sent: boolean }) => node.was_sent)).toEqual(nodes.map(() => false))
  const { code, stderr } = await torghut('artifact', 'show', BOOTSTRAP_HASH, '--render', decisionId)
  expect([code, stderr.join('\n')]).toEqual([2, expect.stringContaining('artifact_not_renderable')])
})

test('artifact export and import go to a program of DSPy and back to the same artifact', SLOW, async () => {
  const dspy = join(folder, 'seed.dspy.json')
  expect(await torghutJson('artifact', 'export', SEED, '--format', 'dspy', '--out', dspy)).toMatchObject({ code: 0 })
  expect(await torghutJson('artifact', 'import', '--file', dspy, '--dry-run')).toMatchObject({ code: 0, body: { artifact_hash: SEED, stored: false } })
  const changed = JSON.parse(readFileSync(dspy, 'utf8'))
  changed.decision_schema.signature.instructions += '\nWatch the spread.'
  writeFileSync(dspy, JSON.stringify(changed))
  const { body } = await torghutJson('artifact', 'import', '--file', dspy)
  expect(body.artifact_hash).not.toBe(SEED)
  expect(await torghutJson('artifact', 'verify', body.artifact_hash)).toMatchObject({ code: 0, body: { ok: true } })
  delete changed.metadata
  writeFileSync(dspy, JSON.stringify(changed))
  const refused = await torghutJson('artifact', 'import', '--file', dspy)
  expect(refused).toMatchObject({ code: 1, body: { stored: false, refusals: [{ code: 'metadata_missing' }] } })
  expect(refused.stderr.join('\n')).toContain('refused  metadata  metadata_missing')
})

test('artifact verify of a file finds one flipped byte, and needs no API', SLOW, async () => {
  const file = join(folder, 'seed.json')
  expect(await torghut('artifact', 'export', SEED, '--out', file)).toMatchObject({ code: 0 })
  expect(await runTorghut('artifact', 'verify', SEED, '--file', file)).toMatchObject({ code: 0 })
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(file, bytes)
  const { code, stdout } = await runTorghut('artifact', 'verify', SEED, '--file', file)
  expect([code, stdout.join('')]).toEqual([1, expect.stringContaining('dspy_artifact_hash_mismatch')])
})

test('rollout and denylist commands move a rollout and show every move', SLOW, async () => {
  const reason = ['--reason', 'drill'] as const
  expect((await torghut('rollout', 'status')).stdout.join('')).toContain(`no rollout was ever begun; ${SEED} serves everything`)
  expect(await torghutJson('rollout', 'start', BOOTSTRAP_HASH, ...reason)).toMatchObject({ code: 0, body: { share_percent: 0 } })
  expect(await torghutJson('rollout', 'advance', ...reason)).toMatchObject({ code: 0, body: { share_percent: 10 } })
  expect(await torghutJson('rollout', 'resume', ...reason)).toMatchObject({ code: 2, body: { code: 'illegal_transition' } })
  expect(await torghutJson('rollout', 'rollback', ...reason)).toMatchObject({ code: 0, body: { rollout: { state: 'rolled_back' } } })
  const { stdout } = await torghut('rollout', 'status')
  for (const event of ['start', 'advance', 'rollback']) expect(stdout.join('\n')).toContain(event)
  expect(await torghutJson('denylist', 'list')).toMatchObject({ body: { items: [{ artifact_hash: BOOTSTRAP_HASH, cleared: null }] } })
  expect(await torghutJson('denylist', 'clear', BOOTSTRAP_HASH, ...reason)).toMatchObject({
    code: 0,
    body: { items: [{ cleared: { cleared_by: 'local' } }] },
  })
})

test('an artifact that cannot run is refused with its code, before anything is stored', async () => {
  const seed = seedArtifact('gpt-5.3-codex-spark')
  const before = (await getJson(`${stack.api}/v1/artifacts`)).body['items'] as unknown[]
  const hole = seed.nodes.map((node, index) => (index === 0 ? { ...node, inputs: ['nobody'] } : node))
  expect(await postJson(`${stack.api}/v1/artifacts`, { ...seed, nodes: hole })).toMatchObject({
    status: 422,
    body: { code: 'artifact_graph_unsupported' },
  })
  expect(await postJson(`${stack.api}/v1/artifacts`, { ...seed, model: { ...seed.model, name: 'other' } })).toMatchObject({
    status: 422,
    body: { code: 'artifact_model_mismatch' },
  })
  expect((await getJson(`${stack.api}/v1/artifacts`)).body['items']).toHaveLength(before.length)
})
