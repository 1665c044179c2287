import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { openTestStore } from '@torghut/artifact-store/testing'
import type { TestStore } from '@torghut/artifact-store/testing'
import type { CompletionTransport } from '@torghut/contracts'
import { checkProvenance } from '@torghut/programs'
import { askedNode, sampleRequest } from '@torghut/programs/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { runOfLifecycle } from './support/lifecycle-run.ts'

const DOOMED = fileURLToPath(new URL('support/doomed-run.ts', import.meta.url))

let fixture: TestStore

beforeAll(async () => {
  fixture = await openTestStore()
}, 120_000)
afterAll(() => fixture?.stop())

/** Runs the committee in a process of its own and kills that while one node waits; tells which nodes asked. */
async function killAt(stopAt: string, runId: string): Promise<string[]> {
  const input = JSON.stringify({ applicationUrl: fixture.database.urls.application, runId, stopAt })
  const doomed = spawn(process.execPath, [DOOMED, input], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 })
  const exited = once(doomed, 'exit')
  const asked: string[] = []
  for await (const node of createInterface({ input: doomed.stdout })) {
    asked.push(node)
    if (node === stopAt) break
  }
  doomed.kill('SIGKILL')
  expect(await exited).toEqual([null, 'SIGKILL'])
  return asked
}

/** Runs it here, under the same id, and tells which nodes asked. */
async function goOn(runId: string) {
  const asked: string[] = []
  const noting = (answers: CompletionTransport): CompletionTransport => ({
    complete: (request, options) => {
      asked.push(askedNode(request))
      return answers.complete(request, options)
    },
  })
  return { run: await runOfLifecycle(runId, fixture.store.runCheckpoints, noting), asked }
}

test.each([
  ['risk_critic', ['counter_thesis', 'signal_synthesis'], ['risk_critic', 'decision_schema']],
  ['decision_schema', ['counter_thesis', 'signal_synthesis', 'risk_critic'], ['decision_schema']],
])('a run whose process is killed at %s goes on elsewhere and repeats no finished node', async (stopAt, finished, left) => {
  const runId = randomUUID()
  expect(await killAt(stopAt, runId)).toEqual([...finished, stopAt])
  const { run, asked } = await goOn(runId)
  expect(asked).toEqual(left)
  const caches = Object.fromEntries(run.provenance.nodes.map(({ node, cache }) => [node, cache]))
  expect(caches).toEqual(Object.fromEntries([...finished.map((node) => [node, 'resumed']), ...left.map((node) => [node, 'off'])]))
  const whole = await goOn(randomUUID())
  expect(run.ok && run.advice).toEqual(whole.run.ok && whole.run.advice)
  expect(run.ok && checkProvenance(run.advice, run.provenance, sampleRequest())).toEqual([])
  expect(run.promptHash).toBe(whole.run.promptHash)
}, 120_000)
