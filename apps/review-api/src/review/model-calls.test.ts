import { parseReviewSubmission } from '@torghut/contracts'
import type { CompletionTransport } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import type { LoadedArtifact } from '@torghut/programs'
import { expect, test } from 'vitest'

import type { Admission } from '../breakers/breakers.ts'
import { ModelCalls } from './model-calls.ts'
import { runResources } from './run-resources.ts'

const common = { hash: 'a'.repeat(64), programName: 'p', signatureVersion: 'v1', mandatoryRoles: [], stage: 'paper' } as const
const bootstrap: LoadedArtifact = { ...common, kind: 'bootstrap', executor: 'heuristic' }
const live = { ...common, kind: 'seed', executor: 'dspy_live', program: { nodes: [], output_node: 'x' } } as unknown as LoadedArtifact

function callsThrough(admission: Admission) {
  const asked: unknown[] = []
  let now = 0
  const calls = new ModelCalls({
    transport: { complete: () => Promise.reject(new Error('called')) } satisfies CompletionTransport,
    breakers: { admit: async (keys, timeoutMs) => (asked.push([keys, timeoutMs]), admission) },
    origin: 'http://jangar',
    model: 'm',
    monotonicMs: () => (now += 10),
    resources: runResources({ maxErrors: 3, windowMs: 300_000, cooldownMs: 600_000 }, () => now),
  })
  const parsed = parseReviewSubmission(exampleSubmission())
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return { asked, run: (artifact: LoadedArtifact) => calls.run(artifact, parsed.submission, 'nonce', 8_000) }
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
