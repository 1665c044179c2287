import { canonicalJson, hashJson, parseReviewSubmission } from '@torghut/contracts'
import type { CompletionTransport } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { seedArtifact, verifyArtifact } from '@torghut/programs'
import type { LoadedArtifact } from '@torghut/programs'
import { FAKE_TRACE, SAMPLE_NONCE, committeeTransport, sampleCommittee } from '@torghut/programs/testing'
import { expect, test } from 'vitest'

import type { Admission } from '../breakers/breakers.ts'
import { ProgramCaches } from '../serving/program-caches.ts'
import { ModelCalls } from './model-calls.ts'
import { runResources } from './run-resources.ts'

const common = { hash: 'a'.repeat(64), programName: 'p', signatureVersion: 'v1', mandatoryRoles: [], stage: 'paper' } as const
const bootstrap: LoadedArtifact = { ...common, kind: 'bootstrap', executor: 'heuristic' }
const live = { ...common, kind: 'seed', executor: 'dspy_live', program: { nodes: [], output_node: 'x' } } as unknown as LoadedArtifact
const nobody: CompletionTransport = { complete: () => Promise.reject(new Error('called')) }

interface Setting {
  transport?: CompletionTransport
  mayCache?: boolean
}

function callsThrough(admission: Admission, { transport = nobody, mayCache = false }: Setting = {}) {
  const asked: unknown[] = []
  const exceeded: string[] = []
  let now = 0
  const caches = new ProgramCaches({ now: () => 0, store: () => { throw new Error('not connected') } })
  const calls = new ModelCalls({
    transport,
    breakers: { admit: async (keys, timeoutMs) => (asked.push([keys, timeoutMs]), admission) },
    origin: 'http://jangar',
    model: 'm',
    monotonicMs: () => (now += 10),
    resources: runResources({ maxErrors: 3, windowMs: 300_000, cooldownMs: 600_000 }, () => now),
    caches,
    onExceeded: (kind) => void exceeded.push(kind),
  })
  const parsed = parseReviewSubmission(exampleSubmission())
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const terms = { nonce: SAMPLE_NONCE, timeoutMs: 8_000, mayCache }
  return { asked, exceeded, caches, run: (artifact: LoadedArtifact) => calls.run(artifact, parsed.submission, terms) }
}

test('run() asks the breakers of the gateway with its model and of the artifact, and calls nobody when one refuses', async () => {
  const { asked, run } = callsThrough({ ok: false, detail: 'The breaker of "x" is open until later' })
  expect(await run(live)).toMatchObject({ ok: false, cause: 'breaker_open', detail: 'The breaker of "x" is open until later', attempts: 0 })
  expect(asked).toEqual([[{ gateway: 'gateway http://jangar m', artifact: `artifact ${common.hash}` }, 8_000]])
})

test('run() ends the admission with what came of the run', async () => {
  const finished: unknown[] = []
  const { run } = callsThrough({ ok: true, probing: false, finish: (result) => void finished.push(result) })
  const result = await run(live)
  expect(result).toMatchObject({ ok: false, cause: 'internal' })
  expect(finished).toEqual([result])
})

test('run() of the heuristic asks no breaker, since it asks no gateway', async () => {
  const { asked, run } = callsThrough({ ok: false, detail: 'open' })
  expect(await run(bootstrap)).toMatchObject({ ok: true })
  expect(asked).toEqual([])
})

const committee = () => committeeTransport(sampleCommittee({ decision_schema: { citations: ['decision.qty'] } }))
const admitted = { ok: true, probing: false, finish: () => undefined } as const

test('run() asks the model every time unless it may use the caches', async () => {
  const transport = committee()
  const { caches, run } = callsThrough(admitted, { transport })
  for (let at = 0; at < 2; at += 1) expect(await run(committeeOf('m'))).toMatchObject({ ok: true, attempts: 4 })
  expect(transport.calls).toHaveLength(8)
  expect(caches.counts().node).toMatchObject({ misses: 0, entries: 0 })
  await caches.close()
})

test('run() that may use the caches asks the model once, says the same and names the same prompts', async () => {
  const finished: unknown[] = []
  const transport = committee()
  const { caches, run } = callsThrough({ ...admitted, finish: (result) => void finished.push(result) }, { transport, mayCache: true })
  const first = await run(committeeOf('m'))
  const second = await run(committeeOf('m'))
  expect(transport.calls).toHaveLength(4)
  expect(second).toMatchObject({ ok: true, attempts: 0, usage: null, completionId: null, promptHash: first.promptHash })
  expect(second.ok && second.advice).toEqual(first.ok && first.advice)
  expect(second.provenance.nodes.map(({ cache, calls }) => [cache, calls.length])).toEqual(Array(4).fill(['hit', 0]))
  expect(caches.counts()).toMatchObject({ node: { misses: 4, memoryHits: 4, entries: 4 }, validation: { misses: 4, entries: 4 } })
  expect(finished).toHaveLength(2)
  await caches.close()
})

test('run() that is a breaker\'s probe asks the gateway, whatever a cache knows', async () => {
  const transport = committee()
  const { caches, run } = callsThrough({ ...admitted, probing: true }, { transport, mayCache: true })
  for (let at = 0; at < 2; at += 1) await run(committeeOf('m'))
  expect(transport.calls).toHaveLength(8)
  await caches.close()
})

test('run() tells which of its limits ended it', async () => {
  const costly = { ...FAKE_TRACE, usage: { promptTokens: 300_000, completionTokens: 1, totalTokens: 300_001 } }
  const answers = committee()
  const transport: CompletionTransport = {
    complete: async (request, options) => ({ ...(await answers.complete(request, options)), trace: costly }),
  }
  const { exceeded, run } = callsThrough(admitted, { transport })
  expect(await run(committeeOf('m'))).toMatchObject({ ok: false, cause: 'resource_exceeded' })
  expect(exceeded).toEqual(['tokens'])
})

function committeeOf(model: string): LoadedArtifact {
  const seed = seedArtifact(model)
  const wanted = { programName: seed.program_name, signatureVersion: seed.signature_version, model, tradingMode: 'paper' } as const
  const verified = verifyArtifact(new TextEncoder().encode(canonicalJson(seed)), hashJson(seed), wanted)
  if (!verified.ok) throw new Error(verified.detail)
  return verified.artifact
}
