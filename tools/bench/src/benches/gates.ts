import { randomUUID } from 'node:crypto'

import { GATE_ORDER, denialBeforeAdvice, proveReducing, settleVerdict } from '@torghut/gates'
import type { SettledVerdict } from '@torghut/gates'
import { runProgram } from '@torghut/programs'

import type { Bench, BenchOptions, BenchResult, Measurement } from '../bench.ts'
import { BenchInvalidError } from '../errors.ts'
import { allocatedBytes } from '../measure/allocated.ts'
import { interleave } from '../measure/interleave.ts'
import { measureFunctions } from '../measure/micro.ts'
import { benchPolicy, heuristicProgram } from '../review/bench-artifacts.ts'
import { benchBody, exitSubmission, parseBody } from '../review/bench-submission.ts'
import { controlsNow } from '../review/story.ts'

/** What a review of new risk is listed with when nothing denies it (the gates' own order without a proved exit and a fast path). */
const GATES_OF_NEW_RISK = GATE_ORDER.length - 2

const MODEL = 'gpt-5.3-codex-spark'

/** What all gates of one review cost together. */
export const gates: Bench = {
  name: 'gates',
  title: 'All gates of one review',
  about:
    'The calls a review makes: the proof of an exit, for new risk also the gates before the advice, and the ' +
    'settling of the verdict with all its evidence. No input or output and no hashing is in it. Bytes are what ' +
    'one review allocates on the heap.',
  simulated: false,
  run,
}

type Story = () => SettledVerdict

async function run(options: BenchOptions): Promise<BenchResult> {
  const stories = { 'new risk, every gate asked': await newRisk(), 'a proved exit': provedExit() }
  checkStories(stories)
  const latencies = await measureFunctions(stories, options)
  const allocations = await interleave(allocationsOf(stories), options)
  const measurements = Object.keys(stories).flatMap((name): Measurement[] => [
    { what: `${name}: p50`, unit: 'µs', rounds: latencies.get(name)?.p50Us ?? [], against: null },
    { what: `${name}: p99`, unit: 'µs', rounds: latencies.get(name)?.p99Us ?? [], against: null },
    { what: `${name}: allocated`, unit: 'bytes', rounds: allocations.get(name)?.bytes ?? [], against: null },
  ])
  return { measurements, notes: [] }
}

async function newRisk(): Promise<Story> {
  const { submission } = parseBody(benchBody(randomUUID()))
  const artifact = heuristicProgram(MODEL)
  const transport = { complete: () => Promise.reject(new Error('The heuristic asks no model')) }
  const said = await runProgram(artifact, submission.request, { transport, model: MODEL, nonce: '', timeoutMs: 1_000, monotonicMs: () => performance.now() })
  if (!said.ok) throw new BenchInvalidError('new risk', said.detail)
  const { mandatoryRoles } = artifact
  const { advice } = said
  const basis = { controls: controlsNow(), decidedAt: submission.request.decision.event_ts, stage: 'paper', durable: true } as const
  const evidence = { submission, advice, fallbackCause: null, llmSkipped: null, mandatoryRoles, policy: benchPolicy, ...basis }
  return () => {
    const reducing = proveReducing(submission)
    denialBeforeAdvice(evidence)
    return settleVerdict({ ...evidence, reducing })
  }
}

function provedExit(): Story {
  const submission = exitSubmission(randomUUID())
  const basis = { controls: controlsNow(), decidedAt: submission.request.decision.event_ts, stage: 'paper', durable: true } as const
  const asked = { advice: null, fallbackCause: null, llmSkipped: null, mandatoryRoles: [], policy: benchPolicy, ...basis }
  return () => settleVerdict({ ...asked, submission, reducing: proveReducing(submission) })
}

function checkStories(stories: { [name: string]: Story }): void {
  for (const [name, story] of Object.entries(stories)) {
    const { verdict, reason, outcomes } = story()
    const asked = outcomes.length === GATES_OF_NEW_RISK || outcomes[0]?.gate === 'proved-exit'
    if (verdict !== 'approve' || !asked) throw new BenchInvalidError(name, `it ends early, with ${verdict} (${reason})`)
  }
}

function allocationsOf(stories: Readonly<Record<string, Story>>) {
  return new Map(Object.entries(stories).map(([name, story]) => [name, async () => ({ bytes: allocatedBytes(story) })]))
}
