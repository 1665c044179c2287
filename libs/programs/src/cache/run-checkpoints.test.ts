import { hashJson } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { memoryCheckpoints } from '../testing/memory-tier.ts'
import { findCheckpoint, resumeOrRun } from './run-checkpoints.ts'
import type { NodeWork, RunCheckpoints } from './run-checkpoints.ts'

const RUN_ID = 'run-1'
const NODES = ['counter', 'thesis', 'critic', 'decision']

const workOf = (nodeId: string, changes: Partial<NodeWork> = {}): NodeWork & { runId: string } => ({
  runId: RUN_ID,
  nodeId,
  nodeVersion: 'v1',
  inputHash: hashJson(nodeId),
  ...changes,
})

interface Life {
  crashBefore?: string
  version?: string
}

/** One process's life: runs the nodes in order until it crashes before `crashBefore`. Returns whom it called. */
async function live(checkpoints: RunCheckpoints, { crashBefore, version = 'v1' }: Life = {}) {
  const called: string[] = []
  const outputs: unknown[] = []
  const finished = await checkpoints.load(RUN_ID)
  for (const nodeId of NODES) {
    if (nodeId === crashBefore) break
    const { output } = await resumeOrRun(checkpoints, finished, workOf(nodeId, { nodeVersion: version }), async () => {
      called.push(nodeId)
      return { output: { of: nodeId }, trace: { calls: 1 } }
    })
    outputs.push(output)
  }
  return { called, outputs }
}

test.each([...NODES, undefined])('resumeOrRun() repeats no finished node after a crash before %j', async (node) => {
  const uninterrupted = await live(memoryCheckpoints())
  const checkpoints = memoryCheckpoints()
  const before = await live(checkpoints, node === undefined ? {} : { crashBefore: node })
  const after = await live(checkpoints)
  expect([...before.called, ...after.called]).toEqual(NODES)
  expect(after.outputs).toEqual(uninterrupted.outputs)
})

test('resumeOrRun() repeats a node of another version, and one with another input', async () => {
  const checkpoints = memoryCheckpoints()
  await live(checkpoints)
  expect((await live(checkpoints, { version: 'v2' })).called).toEqual(NODES)
  const finished = await checkpoints.load(RUN_ID)
  expect(findCheckpoint(finished, workOf('thesis', { nodeVersion: 'v2' }))).toMatchObject({ output: { of: 'thesis' } })
  expect(findCheckpoint(finished, workOf('thesis'))).toBeUndefined()
  const otherInput = workOf('thesis', { nodeVersion: 'v2', inputHash: hashJson('other') })
  expect(findCheckpoint(finished, otherInput)).toBeUndefined()
})

test('resumeOrRun() saves nothing of a node that failed', async () => {
  const checkpoints = memoryCheckpoints()
  const failing = resumeOrRun(checkpoints, [], workOf('thesis'), () => Promise.reject(new RangeError('failed')))
  await expect(failing).rejects.toThrow('failed')
  expect(await checkpoints.load(RUN_ID)).toEqual([])
})

test('resumeOrRun() goes on from what stands when another process finished the node meanwhile', async () => {
  const checkpoints = memoryCheckpoints()
  const finished = await checkpoints.load(RUN_ID)
  await checkpoints.save({ ...workOf('thesis'), output: 'theirs', trace: null })
  const ours = await resumeOrRun(checkpoints, finished, workOf('thesis'), async () => ({ output: 'ours', trace: null }))
  expect(ours).toMatchObject({ output: 'theirs', resumed: false })
})

test('resumeOrRun() fails a node that could not be saved', async () => {
  const away: RunCheckpoints = { load: async () => [], save: () => Promise.reject(new Error('away')) }
  const unsaved = resumeOrRun(away, [], workOf('thesis'), async () => ({ output: 1, trace: null }))
  await expect(unsaved).rejects.toThrow('away')
})
