import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { ReviewRequest } from '@torghut/contracts'
import type { CompletionTransport } from '@torghut/contracts'
import {
  RESOURCE_PRESETS,
  anySignature,
  buildGraph,
  defineProgram,
  defineSignature,
  encodeAnswer,
  findNonce,
  nonceFrom,
  runGraph,
  share,
  signatureRegistry,
  text,
} from '@torghut/programs'

import type { Bench, BenchOptions, BenchResult, Measurement } from '../bench.ts'
import { BenchInvalidError } from '../errors.ts'
import { interleave } from '../measure/interleave.ts'
import { benchBody, parseBody } from '../review/bench-submission.ts'

/** What one answer takes here; a real model takes seconds, so the runner weighs less there. */
const ANSWER_MS = 40

const SERIES = 'four nodes, one call at a time'
const PARALLEL = 'four nodes, side by side'

/** What running independent nodes side by side saves. */
export const graph: Bench = {
  name: 'graph',
  title: 'Independent nodes of a program',
  about:
    `A program of four nodes that read the request alone and a fifth that reads theirs, on a transport that answers ` +
    `each call after ${ANSWER_MS} ms. The four are timed: the fifth waits for them either way and its own call is ` +
    'taken off.',
  simulated: false,
  run,
}

async function run(options: BenchOptions): Promise<BenchResult> {
  const variants = new Map([
    [SERIES, async () => ({ ms: await timeRun(1) })],
    [PARALLEL, async () => ({ ms: await timeRun(4) })],
  ])
  const measured = await interleave<'ms'>(variants, options)
  const measurement = (what: string, against: string | null): Measurement => ({
    what,
    unit: 'ms',
    rounds: measured.get(what)?.ms ?? [],
    against,
  })
  return { measurements: [measurement(SERIES, null), measurement(PARALLEL, SERIES)], notes: [] }
}

const ANSWERS = { claim: text(200, 'a claim'), weight: share('how much it counts') }

const leaf = defineSignature({ name: 'bench.leaf.v1', reads: { request: ReviewRequest }, answers: ANSWERS })
const join = { ...leaf, name: 'bench.join.v1', reads: { a: leaf.output, b: leaf.output, c: leaf.output, d: leaf.output } }

const node = { signature: leaf, instructions: 'Make a claim.' }
const program = buildGraph(
  defineProgram({
    name: 'bench-fan',
    version: 'v1',
    model: 'bench',
    nodes: { a: node, b: node, c: node, d: node, last: { signature: join, instructions: 'Join them.' } },
    output: 'last',
  }),
  signatureRegistry(anySignature(leaf), anySignature(join)),
)

const transport: CompletionTransport = {
  async complete({ messages }) {
    await sleep(ANSWER_MS)
    const content = encodeAnswer({ claim: 'x', weight: 0.5 }, findNonce(messages[0]?.content ?? '') ?? '', leaf.fields)
    const trace = { attempts: 1, firstTokenMs: 1, totalMs: 1, bytes: 1, completionId: null, threadId: null, usage: null }
    return { ok: true, content, trace }
  },
}

async function timeRun(concurrency: number): Promise<number> {
  const nonce = nonceFrom(crypto.getRandomValues(new Uint8Array(24)))
  const limits = { ...RESOURCE_PRESETS.unlimited, concurrency }
  const monotonicMs = () => performance.now()
  const { request } = parseBody(benchBody(randomUUID())).submission
  const startedMs = performance.now()
  const ports = { transport, model: 'bench', nonce, timeoutMs: 60_000, monotonicMs, limits }
  const ended = await runGraph(program, request, { hash: 'bench', programName: 'bench-fan' }, ports)
  if (!ended.ok) throw new BenchInvalidError('a program', `it failed with ${ended.cause}: ${ended.detail}`)
  return performance.now() - startedMs - ANSWER_MS
}
