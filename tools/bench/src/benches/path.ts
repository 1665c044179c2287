import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { ReviewAnswer } from '@torghut/contracts'
import type { CompletionRequest } from '@torghut/contracts'
import { nonceFrom, renderMessages, soloSeedArtifact } from '@torghut/programs'
import { Agent, request } from 'undici'

import type { Bench, BenchOptions, BenchResult, Measurement, Unit } from '../bench.ts'
import { startChild } from '../child.ts'
import { BenchInvalidError } from '../errors.ts'
import { interleave } from '../measure/interleave.ts'
import type { Rounds } from '../measure/interleave.ts'
import { addOutcomes, keepUpLoad, outcomesInWords } from '../measure/load.ts'
import type { LoadFigure } from '../measure/load.ts'
import { benchBody, parseBody } from '../review/bench-submission.ts'
import { callDirectly } from '../stream/direct-call.ts'

const TORGHUT = fileURLToPath(new URL('../../../../apps/cli/bin/torghut.mjs', import.meta.url))

/** One caller, a desk's usual burst, and half of the program runs a process has open at once. */
const CALLERS = [1, 8, 32]

const REVIEW_TIMEOUT_MS = 20_000

/** What the review plane adds to a call of the model. */
export const path: Bench = {
  name: 'path',
  title: 'The whole path against a direct call',
  about:
    'A whole stack (`torghut up`: review API, PostgreSQL, simulated gateway, each a process) asked for reviews ' +
    'of new risk, against the same prompt sent to the same gateway with the bare loop. The simulated model ' +
    'answers at once, so all that is left is overhead; a real model takes seconds, on both sides alike. The ' +
    'caller shares the machine with the stack.',
  simulated: true,
  run,
}

async function run(options: BenchOptions): Promise<BenchResult> {
  options.say('path: starting a stack')
  const dataDir = await mkdtemp(join(tmpdir(), 'torghut-bench-'))
  const agent = new Agent()
  try {
    const args = [TORGHUT, 'up', '--json', '--port', '0', '--data-dir', dataDir]
    const { signal } = options
    const stack = await startChild<{ api: string; jangar: string }>({ name: 'torghut up', args, signal })
    try {
      return await measurePath(await callsOf(stack.ready, agent), options)
    } finally {
      await stack.process.stop()
    }
  } finally {
    await agent.destroy()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

type Call = () => Promise<string>

interface Calls {
  direct: Call
  review: Call
}

async function callsOf({ api, jangar }: { api: string; jangar: string }, agent: Agent): Promise<Calls> {
  const chatUrl = `${jangar}/openai/v1/chat/completions`
  const { lineage, fallback } = await review(api, agent)
  if (fallback !== null) throw new BenchInvalidError('a review', `it fell back: ${fallback.cause}`)
  return {
    direct: async () => {
      const content = await callDirectly(chatUrl, promptFor(lineage.model), agent)
      return content === '' ? 'empty direct answers' : 'direct answers'
    },
    review: async () => {
      const answer = await review(api, agent)
      return answer.fallback === null ? 'reviews by the program' : `fallbacks (${answer.fallback.cause})`
    },
  }
}

async function review(api: string, agent: Agent): Promise<ReviewAnswer> {
  const answer = await request(`${api}/v1/reviews`, {
    method: 'POST',
    dispatcher: agent,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(benchBody(randomUUID())),
    signal: AbortSignal.timeout(REVIEW_TIMEOUT_MS),
  })
  const body = await answer.body.json()
  const problem = `status ${answer.statusCode}: ${JSON.stringify(body)}`
  if (answer.statusCode !== 200) throw new BenchInvalidError('a review', problem)
  return ReviewAnswer.parse(body)
}

/** The prompt the served program writes; rendered for each call, because a review renders its own, too. */
function promptFor(model: string): CompletionRequest {
  const [node] = soloSeedArtifact(model).nodes
  if (node === undefined) throw new BenchInvalidError('a direct call', 'the seed program has no node')
  const nonce = nonceFrom(crypto.getRandomValues(new Uint8Array(24)))
  return { model, messages: renderMessages(node, parseBody(benchBody(randomUUID())).submission.request, nonce) }
}

async function measurePath(calls: Calls, options: BenchOptions): Promise<BenchResult> {
  const outcomes: Record<string, number> = {}
  const load = async (call: Call, callers: number, loadMs: number) => {
    const result = await keepUpLoad(call, { callers, loadMs, signal: options.signal })
    addOutcomes(outcomes, result.outcomes)
    return result.figures
  }
  for (const call of [calls.direct, calls.review]) await load(call, 8, options.loadMs)
  options.say(`path: measuring ${CALLERS.length * 2} variants in ${options.rounds} rounds`)
  const variants = CALLERS.flatMap((callers) => [
    [nameOf('direct', callers), () => load(calls.direct, callers, options.loadMs)] as const,
    [nameOf('review', callers), () => load(calls.review, callers, options.loadMs)] as const,
  ])
  const measured = await interleave<LoadFigure>(new Map(variants), options)
  const notes = [`All calls made, warm-up included: ${outcomesInWords(outcomes)}.`]
  return { measurements: CALLERS.flatMap((callers) => compare(callers, measured)), notes }
}

function nameOf(kind: 'direct' | 'review', callers: number): string {
  return `${callers} ${callers === 1 ? 'caller' : 'callers'}, ${kind}`
}

/** Both sides of one number of callers, and what the review adds, round by round. */
function compare(callers: number, measured: ReadonlyMap<string, Rounds<LoadFigure>>): Measurement[] {
  const direct = measured.get(nameOf('direct', callers))
  const ours = measured.get(nameOf('review', callers))
  if (direct === undefined || ours === undefined) return []
  const pair = (figure: LoadFigure, label: string, unit: Unit): Measurement[] => {
    const against = `${nameOf('direct', callers)}: ${label}`
    return [
      { what: against, unit, rounds: direct[figure], against: null },
      { what: `${nameOf('review', callers)}: ${label}`, unit, rounds: ours[figure], against },
    ]
  }
  const added = (figure: LoadFigure, label: string): Measurement => {
    const rounds = ours[figure].map((value, round) => value - (direct[figure][round] ?? NaN))
    return { what: `${nameOf('review', callers)}: added ${label}`, unit: 'ms', rounds, against: null }
  }
  return [
    ...pair('p50Ms', 'p50', 'ms'),
    added('p50Ms', 'p50'),
    ...pair('p99Ms', 'p99', 'ms'),
    added('p99Ms', 'p99'),
    ...pair('perSecond', 'answers', 'per second'),
  ]
}
