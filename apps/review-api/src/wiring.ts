import { randomBytes } from 'node:crypto'

import type { CompletionTransport, RuntimeEnvironment } from '@torghut/contracts'
import { createJangarTransport } from '@torghut/jangar-transport'
import { nonceFrom } from '@torghut/programs'
import { ReviewMetrics, noteFacts } from '@torghut/telemetry'
import type { Logger, Tracer } from '@torghut/telemetry'
import type { FastifyInstance } from 'fastify'
import { v7 as uuidv7 } from 'uuid'

import { buildApp } from './app.ts'
import { wireBreakers } from './breakers/wire-breakers.ts'
import { CheckpointJob } from './checkpoints/checkpoint-job.ts'
import { readCheckpointKey } from './checkpoints/read-key.ts'
import { systemClock } from './clock.ts'
import { LateStore } from './late-store.ts'
import { wirePolicies } from './policy/wire-policies.ts'
import { artifactSource } from './recording/built-in-artifacts.ts'
import { wireRecording } from './recording/wire-recording.ts'
import { ControlsView } from './review/controls-view.ts'
import { GatewayIdentity } from './review/gateway-identity.ts'
import { IdempotentReviews } from './review/idempotent-review.ts'
import { ModelCalls } from './review/model-calls.ts'
import { Places } from './review/places.ts'
import type { ReviewPorts } from './review/review-decision.ts'
import { saveBuiltInArtifacts } from './review/serving-artifact.ts'
import type { ReadinessCheck } from './routes/health.ts'
import { ProgramCap } from './serving/program-cap.ts'
import { wireRuns } from './serving/wire-runs.ts'
import { wireServing } from './serving/wire-serving.ts'
import { checkArtifact, judgeRole, requireApiKeys, requireSimulator } from './start-checks.ts'
import { statusSource } from './status/status-source.ts'
import { traceGates, traceReview, traceTransport } from './tracing/trace-review.ts'

/** Bytes of randomness behind a call's nonce: nobody who did not see the prompt can guess it. */
const NONCE_BYTES = 16

/** The only place where adapters meet the story's ports. Nothing listens yet. */
export function wireApp(environment: RuntimeEnvironment, tools: Tools) {
  const parts = wireParts(environment, tools)
  const app = wireHttp(environment, parts, tools)
  return {
    app,
    /** Connects what may come late; resolves once reviews can be recorded. */
    connect: () => connect(environment, parts, tools),
    /** False when a write hangs on the disk: then the process cannot end by itself. */
    close: () => close(app, parts),
  }
}

interface Tools {
  logger: Logger
  tracer: Tracer
}

type Parts = ReturnType<typeof wireParts>

function wireParts(environment: RuntimeEnvironment, { logger, tracer }: Tools) {
  const late = new LateStore()
  const store = () => late.current().store
  const metrics = new ReviewMetrics()
  const identity = new GatewayIdentity(environment.jangar.origin)
  const jangar = createJangarTransport({ chatUrl: environment.jangar.chatUrl, apiKey: environment.jangar.apiKey })
  const circuits = wireBreakers(environment, { logger, metrics, store })
  const { monotonicMs } = systemClock
  const runs = wireRuns(environment, { store, metrics })
  const calls = new ModelCalls({
    transport: traceTransport(tracer, jangar satisfies CompletionTransport, () => identity.simulated === true),
    breakers: circuits.breakers,
    origin: environment.jangar.origin,
    model: environment.model,
    monotonicMs,
    ...runs,
  })
  const artifacts = artifactSource(store, environment.model)
  const served = wireServing(environment, { store, artifacts, clock: systemClock })
  const controls = new ControlsView(systemClock)
  const key = readCheckpointKey(environment.checkpointKeyFile)
  const checkpoints = new CheckpointJob({ key, store, logger, monotonicMs })
  const rules = wirePolicies(environment, { logger, metrics, store, controls: () => controls.snapshot() })
  const policyText = (hash: string) => rules.policies.textOf(hash)
  const recording = wireRecording(environment, { late, policyText, savePolicies: rules.save, metrics, logger, tracer })
  return { late, store, metrics, identity, jangar, circuits, runs, calls, served, controls, checkpoints, rules, recording }
}

function wireHttp(environment: RuntimeEnvironment, parts: Parts, { logger, tracer }: Tools): FastifyInstance {
  const { store, metrics, served, rules, recording } = parts
  return buildApp({
    logger,
    tracer,
    metrics,
    apiKeys: environment.apiKeysFile === null ? null : requireApiKeys(environment.apiKeysFile),
    store,
    clock: systemClock,
    ports: reviewPorts(environment, parts, tracer),
    throttles: rules.throttles,
    places: new Places(),
    reviews: new IdempotentReviews(recording.recorder, systemClock, rules.isHalted),
    journalled: (reviewId) => recording.recorder.ofReview(reviewId),
    observeReview: (review) => traceReview(tracer, review),
    status: statusOf(environment, parts),
    ...served.routes,
    tradingMode: environment.policy.trading_mode,
    programTimeoutMs: environment.programTimeoutMs,
    readiness: readinessOf(parts),
  })
}

function statusOf(environment: RuntimeEnvironment, { served, rules, controls, circuits, metrics, identity }: Parts) {
  const policyHash = () => rules.policies.current().policyHash
  const { serving } = served
  return statusSource({ environment, policyHash, serving, controls, circuit: circuits.circuit, metrics, identity })
}

function readinessOf({ recording, rules, served, controls, checkpoints, metrics }: Parts): ReadinessCheck[] {
  return [
    ...recording.readiness,
    ...rules.readiness,
    { name: 'artifact', check: () => checkArtifact(served.serving, metrics) },
    { name: 'controls', check: () => Promise.resolve(controls.complaint()) },
    { name: 'checkpoints', check: () => Promise.resolve(checkpoints.complaint()), advisory: true },
    served.readiness,
  ]
}

async function connect(environment: RuntimeEnvironment, parts: Parts, { logger }: Tools): Promise<void> {
  const { recording, identity, late, rules, controls, served, circuits, checkpoints } = parts
  recording.start()
  void identity.discover()
  await late.connect(environment.databaseUrl, logger, async (store) => {
    judgeRole(environment, store.role, logger)
    await saveBuiltInArtifacts(store, environment.model)
    await rules.follow(store)
    await controls.follow(store, logger)
    await served.follow(store, logger)
    await circuits.follow(store)
  })
  recording.connected()
  checkpoints.start()
  if (environment.replayClock) await requireSimulator(identity)
}

/** What takes requests ends first, then what they were still writing, then the connections beneath. */
async function close(app: FastifyInstance, parts: Parts): Promise<boolean> {
  const { identity, rules, jangar, recording, circuits, runs, checkpoints, late } = parts
  identity.close()
  rules.close()
  await app.close()
  await jangar.close()
  const isDone = await recording.close()
  await circuits.breakers.close()
  await checkpoints.close()
  await runs.caches.close()
  await late.close()
  return isDone
}

function reviewPorts(environment: RuntimeEnvironment, parts: Parts, tracer: Tracer): () => ReviewPorts {
  const { recording, served, identity, calls, rules } = parts
  const cap = new ProgramCap(systemClock.monotonicMs)
  const fixed = {
    clock: systemClock,
    newId: newReviewId,
    newNonce: () => nonceFrom(randomBytes(NONCE_BYTES)),
    programName: environment.programName,
    signatureVersion: environment.signatureVersion,
    model: environment.model,
    replayClock: environment.replayClock,
    isSimulated: () => identity.simulated === true,
    controls: () => rules.controls(),
    isDurable: () => recording.recorder.isDurable,
    resolveArtifact: (decisionId) => served.serving.resolveFor(decisionId),
    takeProgramRun: (slowCalls) => cap.take(slowCalls),
    runProgram: (artifact, submission, terms) => calls.run(artifact, submission, terms),
    observeGates: (settle) => traceGates(tracer, settle),
  } satisfies Omit<ReviewPorts, 'policy' | 'policyHash'>
  return () => ({ ...fixed, ...rules.policies.current() })
}

function newReviewId(): string {
  const reviewId = uuidv7()
  noteFacts({ reviewId })
  return reviewId
}
