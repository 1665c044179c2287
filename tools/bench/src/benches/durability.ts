import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import { openTestStore } from '@torghut/artifact-store/testing'
import type { AuditWriter, Store } from '@torghut/artifact-store'
import { canonicalJson } from '@torghut/contracts'
import { createJangarTransport } from '@torghut/jangar-transport'
import type { JangarTransport } from '@torghut/jangar-transport'

import type { Bench, BenchOptions, BenchResult, Measurement } from '../bench.ts'
import { startChild } from '../child.ts'
import { BenchInvalidError } from '../errors.ts'
import { interleave } from '../measure/interleave.ts'
import { addOutcomes, keepUpLoad, outcomesInWords } from '../measure/load.ts'
import type { LoadFigure } from '../measure/load.ts'
import { benchPolicy, benchPolicyHash, heuristicProgram, seedProgram } from '../review/bench-artifacts.ts'
import { benchBody } from '../review/bench-submission.ts'
import { tellReview } from '../review/story.ts'
import type { StoryParts, ToldReview } from '../review/story.ts'

const SIMULATOR = fileURLToPath(new URL('../../../jangar-simulator/src/main.ts', import.meta.url))

const MODEL = 'gpt-5.3-codex-spark'
const CALLERS = 32

/** Longer than any review takes here; a claim is never taken over. */
const LEASE_MS = 30_000

/** What storing a review costs, and what storing many at once saves. */
export const durability: Bench = {
  name: 'durability',
  title: `The audit write, ${CALLERS} callers`,
  about:
    'A review from the text of its body to its record, made of the libs the API is made of and without HTTP in ' +
    'front: once ending with the bytes of the answer and nothing stored, once with its key claimed and the ' +
    'record durable in a PostgreSQL of its own (fsync and synchronous commit on) through the batching writer, ' +
    'and once one review a commit, as it would be without batches. "Model" asks the seed program over HTTP at ' +
    'the simulator, "heuristic" asks nobody and shows the write alone.',
  simulated: true,
  run,
}

type Keep = (told: ToldReview) => Promise<unknown>

async function run(options: BenchOptions): Promise<BenchResult> {
  options.say('durability: starting a PostgreSQL and a simulator')
  const { signal } = options
  const args = [SIMULATOR, '--port', '0']
  const simulator = await startChild<{ url: string }>({ name: 'simulator', args, signal })
  const transport = createJangarTransport({ chatUrl: `${simulator.ready.url}/openai/v1/chat/completions` })
  const database = await openTestStore().catch(async (error: unknown) => {
    await simulator.process.stop()
    throw error
  })
  try {
    const writer = await database.registerWriter()
    return await measureWriting(partsOf(transport), waysToKeep(database.store, writer), options)
  } finally {
    await transport.close()
    await database.stop()
    await simulator.process.stop()
  }
}

function partsOf(transport: JangarTransport): Record<string, StoryParts> {
  const common = { model: MODEL, transport, policy: benchPolicy, policyHash: benchPolicyHash }
  return {
    model: { ...common, artifact: seedProgram(MODEL) },
    heuristic: { ...common, artifact: heuristicProgram(MODEL) },
  }
}

const NOTHING = 'nothing stored'

function waysToKeep(store: Store, writer: AuditWriter): Record<string, Keep> {
  let last: Promise<unknown> = Promise.resolve()
  return {
    [NOTHING]: async ({ record }) => canonicalJson(record),
    'durable, in batches': (told) => storeReview(told, store, writer),
    'durable, one a commit': async (told) => (last = last.then(() => storeReview(told, store, writer))),
  }
}

async function storeReview(told: ToldReview, store: Store, writer: AuditWriter): Promise<void> {
  const { bodyHash, submission, record } = told
  const key = submission.trade_decision_id
  const owner = randomUUID()
  const claim = await store.claimReviewKey({ key, bodyHash, owner, leaseMs: LEASE_MS })
  if (claim.state !== 'claimed') throw new BenchInvalidError('a durable review', `its key is ${claim.state}`)
  const knownAt = record.reviewed_at
  const entry = { idempotencyKey: key, bodyHash, owner, submission, record, knownAt, shadowOf: null, duplicateOf: null }
  const { state } = await writer.append(entry)
  if (state !== 'stored') throw new BenchInvalidError('a durable review', `it is ${state}`)
}

async function measureWriting(
  programs: Record<string, StoryParts>,
  ways: Record<string, Keep>,
  options: BenchOptions,
): Promise<BenchResult> {
  const outcomes: Record<string, number> = {}
  const load = async (parts: StoryParts, keep: Keep, loadMs: number) => {
    const result = await keepUpLoad(() => oneReview(parts, keep), { callers: CALLERS, loadMs, signal: options.signal })
    addOutcomes(outcomes, result.outcomes)
    return result.figures
  }
  const pairs = Object.entries(programs).flatMap(([program, parts]) =>
    Object.entries(ways).map(([way, keep]) => ({ name: `${program}: ${way}`, parts, keep })),
  )
  for (const { parts, keep } of pairs) await load(parts, keep, options.loadMs / 4)
  options.say(`durability: measuring ${pairs.length} variants in ${options.rounds} rounds`)
  const variants = new Map(pairs.map(({ name, parts, keep }) => [name, () => load(parts, keep, options.loadMs)]))
  const measured = await interleave<LoadFigure>(variants, options)
  const measurements = pairs.map(({ name }) => toMeasurement(name, measured.get(name)?.perSecond ?? []))
  return { measurements, notes: [`Verdicts of all reviews made, warm-up included: ${outcomesInWords(outcomes)}.`] }
}

async function oneReview(parts: StoryParts, keep: Keep): Promise<string> {
  const told = await tellReview(JSON.stringify(benchBody(randomUUID())), parts)
  await keep(told)
  return told.record.verdict
}

function toMeasurement(what: string, rounds: readonly number[]): Measurement {
  const baseline = what.replace(/: .*/, `: ${NOTHING}`)
  return { what, unit: 'per second', rounds, against: what === baseline ? null : baseline }
}
