import type { CallPattern } from '@torghut/contracts'
import { canonicalJson, hashJson } from '@torghut/contracts'

import { ANSWER_SCHEMA_VERSION } from '../answer/answer-schema.ts'
import { findCheckpoint } from '../cache/run-checkpoints.ts'
import { PromptTooLargeError } from '../errors.ts'
import type { GraphNode } from '../graph/build-graph.ts'
import { samplesOf } from '../graph/call-pattern.ts'
import { exceededReason } from '../limits/resource-limits.ts'
import { nodeBreakerKey } from '../recovery/breaker-key.ts'
import { callEvidence } from '../recovery/call-evidence.ts'
import { ADAPTER_VERSION } from '../render/render-messages.ts'
import type { NodeInputs } from '../signature/signature.ts'
import { readCallRecords, storedCalls } from './call-records.ts'
import type { CallRecord } from './ask-model.ts'
import { checkAnswer } from './check-answer.ts'
import { drawSample, makeQuestion } from './draw-sample.ts'
import type { Sample } from './draw-sample.ts'
import { failure } from './node-failure.ts'
import type { Failure } from './node-failure.ts'
import type { CheckResult } from './read-answer.ts'
import { atOnce, remainingMs } from './run-context.ts'
import type { RunContext } from './run-context.ts'
import { majorityOf, runGroup } from './run-group.ts'
import type { MergeStrategy } from './run-group.ts'

/** What arrived at a port, by its hash. */
export interface NodeRead {
  port: string
  from: string
  hash: string
}

/** What one node did. */
export interface NodeRun {
  graphNode: GraphNode
  reads: readonly NodeRead[]
  inputHash: string
  /** Null when the node gave nothing that could be used. */
  output: Record<string, unknown> | null
  cache: 'off' | 'miss' | 'hit' | 'resumed'
  calls: readonly CallRecord[]
  chosen: number | null
  checks: readonly CheckResult[]
  failure: Failure | null
  /** The prompt a cached answer stands for; of one that was asked for, its calls tell. */
  cachedPromptHash?: string
}

/** A node that gave nothing, as a cache hands it on to all who waited for it. */
export type NodeFailure = Failure

/** What is there for a node to read: the request and what nodes before it wrote, with the hash of each. */
export type RunState = ReadonlyMap<string, { value: unknown; hash: string }>

interface Work {
  output: Record<string, unknown> | null
  calls: readonly CallRecord[]
  chosen: number | null
  checks: readonly CheckResult[]
  failure: Failure | null
}

const NOTHING_DONE: Work = { output: null, calls: [], chosen: null, checks: [], failure: null }

/** Runs one node on its own copy of the state. A failure is a value in the run it returns; never throws. */
export async function runNode(graphNode: GraphNode, state: RunState, context: RunContext, signal: AbortSignal): Promise<NodeRun> {
  const reads = graphNode.edges.map(({ port, from }) => ({ port, from, hash: state.get(from)?.hash ?? '' }))
  const inputHash = hashJson(Object.fromEntries(reads.map(({ port, hash }) => [port, hash])))
  const begun = { graphNode, reads, inputHash }
  try {
    const inputs: NodeInputs = structuredClone(
      Object.fromEntries(graphNode.edges.map(({ port, from }) => [port, state.get(from)?.value])),
    )
    return { ...begun, ...(await findOrWork(begun, inputs, context, signal)) }
  } catch (error) {
    return { ...begun, ...NOTHING_DONE, cache: 'off', failure: thrown(error, context) }
  }
}

type Begun = Pick<NodeRun, 'graphNode' | 'reads' | 'inputHash'>
type Ended = Omit<NodeRun, keyof Begun>

/** An earlier process of this run comes first, then other runs, then the model. */
async function findOrWork(begun: Begun, inputs: NodeInputs, context: RunContext, signal: AbortSignal): Promise<Ended> {
  const { ports, finished } = context
  const work = { nodeId: begun.graphNode.id, nodeVersion: versionOf(begun.graphNode), inputHash: begun.inputHash }
  const saved = findCheckpoint(finished, work)
  if (saved !== undefined) return resumed(begun.graphNode, saved)
  const ended = await cachedOrWork(begun, inputs, context, signal)
  if (ports.resume === undefined || ended.output === null) return ended
  const { calls, chosen, checks, output } = ended
  const trace = { calls: storedCalls(calls), chosen, checks }
  const stands = await ports.resume.checkpoints.save({ runId: ports.resume.runId, ...work, output, trace })
  return canonicalJson(stands.output) === canonicalJson(output) ? ended : resumed(begun.graphNode, stands)
}

function resumed({ signature }: GraphNode, { output, trace }: { output: unknown; trace: unknown }): Ended {
  const { calls, chosen, checks } = readCallRecords(trace)
  return { ...NOTHING_DONE, output: signature.output.parse(output), calls, chosen, checks, cache: 'resumed' }
}

async function cachedOrWork(begun: Begun, inputs: NodeInputs, context: RunContext, signal: AbortSignal): Promise<Ended> {
  const { ports, programName, artifactHash } = context
  const { graphNode, inputHash } = begun
  if (ports.cache === undefined) return { ...(await askNode(begun, inputs, context, signal)), cache: 'off' }
  let done: Work | null = null
  const key = {
    artifactHash,
    nodeId: graphNode.id,
    nodeVersion: versionOf(graphNode),
    inputsHash: inputHash,
    model: ports.model,
    variant: ports.variant ?? 0,
    adapterVersion: ADAPTER_VERSION,
    schemaVersion: ANSWER_SCHEMA_VERSION,
    settings: {},
  }
  const parse = (output: unknown) => readCached(output, graphNode, inputs)
  const cached = await ports.cache.resolve({ programName, key, parse, signal }, async (flight) => {
    const work = await askNode(begun, inputs, context, flight)
    done = work
    if (work.output !== null) return { ok: true, output: work.output }
    return work.failure ?? failure('internal', 'No output')
  })
  if (done !== null) return { ...(done as Work), cache: 'miss' }
  // The calls belong to the run that made them; whoever waited for it shares what came of them and nothing else.
  if (!cached.ok) return { ...NOTHING_DONE, failure: failure(cached.cause, cached.detail), cache: 'hit' }
  const cachedPromptHash = makeQuestion(graphNode, inputs, ports.nonce).promptHash
  return { ...NOTHING_DONE, ...cached.value, cachedPromptHash, cache: 'hit' }
}

/** Reads a cached answer and looks at it again. Throws on one that would be refused today, which makes it a miss. */
function readCached(stored: unknown, { signature }: GraphNode, inputs: NodeInputs): Pick<Work, 'output' | 'checks'> {
  const output = signature.output.parse(stored)
  const found = checkAnswer({ signature, output, inputs })
  const refused = signature.checks.find(({ severity }, at) => severity === 'error' && found[at] !== null)
  if (refused !== undefined) throw new TypeError(`Cannot use a cached answer that fails "${refused.id}"`)
  const checks = signature.checks.map(({ id }, at) => ({ check: id, passed: found[at] === null }))
  return { output, checks: [{ check: 'schema', passed: true }, ...checks] }
}

/** Asks the model, unless nobody has had a usable answer from this node lately. */
async function askNode(begun: Begun, inputs: NodeInputs, context: RunContext, signal: AbortSignal): Promise<Work> {
  const { graphNode } = begun
  const { breakers, timeoutMs } = context.ports
  const key = nodeBreakerKey(context.artifactHash, graphNode.id)
  const admission = breakers?.admit(key, timeoutMs)
  if (admission === null) {
    return { ...NOTHING_DONE, failure: failure('breaker_open', `The breaker of node "${graphNode.id}" is open`) }
  }
  const left = Math.max(0, remainingMs(context))
  let work: Work | null = null
  try {
    work = await drawAndMerge(begun, inputs, context, signal)
    return work
  } finally {
    if (admission !== undefined) {
      const ended = work?.failure ?? (work === null ? failure('internal', '') : { ok: true as const })
      const evidence = callEvidence(ended, { timeoutMs: left, budgetMs: timeoutMs })
      breakers?.settle(admission, signal.aborted ? 'unused' : (evidence.artifact ?? 'unused'))
    }
  }
}

async function drawAndMerge({ graphNode, inputHash }: Begun, inputs: NodeInputs, context: RunContext, signal: AbortSignal): Promise<Work> {
  const samples = samplesOf(graphNode.node)
  const draws = Array.from({ length: samples }, (_, sample) => async (own: AbortSignal) =>
    drawSample(graphNode, inputs, { sample, context, signal: own, inputHash }))
  const drawn = await runGroup(draws, {
    limit: atOnce(samples, context),
    merge: MERGES[graphNode.node.call_pattern],
    signal,
    isSuccess: ({ answer }) => answer.ok,
    voteOf: (sample) => voteOf(sample, graphNode),
  })
  return choose(drawn, graphNode)
}

const MERGES: Readonly<Record<CallPattern, MergeStrategy>> = {
  predict: 'all',
  chain_of_thought: 'all',
  best_of: 'each',
  majority: 'majority',
}

function choose(drawn: readonly (Sample | undefined)[], graphNode: GraphNode): Work {
  const calls = drawn.flatMap((sample) => sample?.calls ?? [])
  const picked = pick(drawn, graphNode)
  if (picked !== null && picked.sample.answer.ok) {
    const { answer, checks } = picked.sample
    return { output: answer.output, calls, chosen: picked.at, checks, failure: null }
  }
  const failed = drawn.find((sample) => sample?.answer.ok === false)
  const none = drawn.some((sample) => sample?.answer.ok === true) ? NO_MAJORITY : GIVEN_UP
  const why = failed?.answer.ok === false ? failed.answer : none
  return { ...NOTHING_DONE, calls, checks: failed?.checks ?? [], failure: why }
}

const NO_MAJORITY = failure('advice_incoherent', 'No answer has a majority of the samples')
const GIVEN_UP = failure('internal', 'The run was given up')

function pick(drawn: readonly (Sample | undefined)[], graphNode: GraphNode): { sample: Sample; at: number } | null {
  const isSuccess = ({ answer }: Sample) => answer.ok
  if (graphNode.node.call_pattern === 'majority') {
    const majority = majorityOf(drawn, isSuccess, (sample) => voteOf(sample, graphNode))
    return majority === null ? null : { sample: majority.result, at: majority.at }
  }
  let best: { sample: Sample; at: number; confidence: number } | null = null
  for (const [at, sample] of drawn.entries()) {
    if (sample === undefined || !sample.answer.ok) continue
    const confidence = Number(sample.answer.output['confidence'] ?? 0)
    if (best === null || confidence > best.confidence) best = { sample, at, confidence }
  }
  return best
}

/** What a sample votes for: the deciding fields alone, since no two samples word a rationale alike. */
function voteOf({ answer }: Sample, { signature }: GraphNode): string {
  if (!answer.ok) return ''
  const { output } = answer
  return canonicalJson(Object.fromEntries(signature.votes.map((name) => [name, output[name] ?? null])))
}

/** The version of what a node does: within an artifact, its whole text. */
function versionOf({ node }: GraphNode): string {
  return hashJson(node)
}

/** A limit is the run's own; of anything else only the error's name is told, since its message may quote the request. */
function thrown(error: unknown, context: RunContext): Failure {
  if (error instanceof PromptTooLargeError) {
    return failure('resource_exceeded', `resource_exceeded:tokens (prompt of ${error.bytes} bytes, limit ${error.bytesMax})`)
  }
  if (error instanceof DOMException && error.name === 'TimeoutError' && remainingMs(context) < 1) {
    return failure('resource_exceeded', `${exceededReason('time')} (another run's answer was waited for)`)
  }
  return failure('internal', error instanceof Error ? error.name : 'Unknown error')
}

