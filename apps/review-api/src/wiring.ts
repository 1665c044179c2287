import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { RoleFacts } from '@torghut/artifact-store'
import type { CompletionTransport, RuntimeEnvironment } from '@torghut/contracts'
import { createJangarTransport } from '@torghut/jangar-transport'
import { nonceFrom } from '@torghut/programs'
import { ReviewMetrics, noteFacts } from '@torghut/telemetry'
import type { Logger, Tracer } from '@torghut/telemetry'
import { v7 as uuidv7 } from 'uuid'

import { buildApp } from './app.ts'
import { wireBreakers } from './breakers/wire-breakers.ts'
import { CheckpointJob } from './checkpoints/checkpoint-job.ts'
import { readCheckpointKey } from './checkpoints/read-key.ts'
import { systemClock } from './clock.ts'
import { StartRefusedError } from './errors.ts'
import { readApiKeys } from './http/authentication.ts'
import type { ApiKeys } from './http/authentication.ts'
import { LateStore } from './late-store.ts'
import { wirePolicies } from './policy/wire-policies.ts'
import { artifactSource } from './recording/built-in-artifacts.ts'
import type { Recorder } from './recording/recorder.ts'
import { wireRecording } from './recording/wire-recording.ts'
import { ControlsView } from './review/controls-view.ts'
import { GatewayIdentity } from './review/gateway-identity.ts'
import { IdempotentReviews } from './review/idempotent-review.ts'
import { ModelCalls } from './review/model-calls.ts'
import { Places } from './review/places.ts'
import type { ReviewPorts } from './review/review-decision.ts'
import { runResources } from './review/run-resources.ts'
import { saveBuiltInArtifacts } from './review/serving-artifact.ts'
import type { ServingArtifact } from './review/serving-artifact.ts'
import { ProgramCap } from './serving/program-cap.ts'
import { wireServing } from './serving/wire-serving.ts'
import { statusSource } from './status/status-source.ts'
import { traceGates, traceReview, traceTransport } from './tracing/trace-review.ts'

/** Bytes of randomness behind a call's nonce: nobody who did not see the prompt can guess it. */
const NONCE_BYTES = 16

/** A simulator that starts beside us answers within this: tries times wait. */
const SIMULATOR_TRIES = 100
const SIMULATOR_WAIT_MS = 100

/** The only place where adapters meet the story's ports. Nothing listens yet. */
export function wireApp(environment: RuntimeEnvironment, { logger, tracer }: { logger: Logger; tracer: Tracer }) {
  const late = new LateStore()
  const metrics = new ReviewMetrics()
  const identity = new GatewayIdentity(environment.jangar.origin)
  const jangar = createJangarTransport({ chatUrl: environment.jangar.chatUrl, apiKey: environment.jangar.apiKey })
  const circuits = wireBreakers(environment, { logger, metrics, store: () => late.current().store })
  const calls = new ModelCalls({
    transport: traceTransport(tracer, jangar satisfies CompletionTransport, () => identity.simulated === true),
    breakers: circuits.breakers,
    origin: environment.jangar.origin,
    model: environment.model,
    monotonicMs: systemClock.monotonicMs,
    resources: runResources(environment.circuit, systemClock.monotonicMs),
  })
  const artifacts = artifactSource(() => late.current().store, environment.model)
  const served = wireServing(environment, { store: () => late.current().store, artifacts, clock: systemClock })
  const { serving } = served
  const controls = new ControlsView(systemClock)
  const key = readCheckpointKey(environment.checkpointKeyFile)
  const { monotonicMs } = systemClock
  const checkpoints = new CheckpointJob({ key, store: () => late.current().store, logger, monotonicMs })
  const store = () => late.current().store
  const rules = wirePolicies(environment, { logger, metrics, store, controls: () => controls.snapshot() })
  const policyText = (hash: string) => rules.policies.textOf(hash)
  const recording = wireRecording(environment, { late, policyText, savePolicies: rules.save, metrics, logger, tracer })
  const ports = reviewPorts(environment, { recorder: recording.recorder, serving, identity, calls, rules, tracer })
  const mode = environment.policy.trading_mode
  const { circuit } = circuits
  const status = statusSource({ environment, policyHash: () => rules.policies.current().policyHash, serving, controls, circuit, metrics, identity })
  const app = buildApp({
    logger,
    tracer,
    metrics,
    apiKeys: environment.apiKeysFile === null ? null : requireApiKeys(environment.apiKeysFile),
    store: () => late.current().store,
    clock: systemClock,
    ports,
    throttles: rules.throttles,
    places: new Places(),
    reviews: new IdempotentReviews(recording.recorder, systemClock, rules.isHalted),
    journalled: (reviewId) => recording.recorder.ofReview(reviewId),
    observeReview: (review) => traceReview(tracer, review),
    status,
    ...served.routes,
    tradingMode: mode,
    programTimeoutMs: environment.programTimeoutMs,
    readiness: [
      ...recording.readiness,
      ...rules.readiness,
      { name: 'artifact', check: () => checkArtifact(serving, metrics) },
      { name: 'controls', check: () => Promise.resolve(controls.complaint()) },
      { name: 'checkpoints', check: () => Promise.resolve(checkpoints.complaint()), advisory: true },
      served.readiness,
    ],
  })
  return {
    app,
    /** Connects what may come late; resolves once reviews can be recorded. */
    async connect(): Promise<void> {
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
    },
    /** False when a write hangs on the disk: then the process cannot end by itself. */
    async close(): Promise<boolean> {
      identity.close()
      rules.close()
      await app.close()
      await jangar.close()
      const isDone = await recording.close()
      await circuits.breakers.close()
      await checkpoints.close()
      await late.close()
      return isDone
    },
  }
}

function reviewPorts(
  environment: RuntimeEnvironment,
  parts: {
    recorder: Recorder
    serving: ServingArtifact
    identity: GatewayIdentity
    calls: ModelCalls
    rules: ReturnType<typeof wirePolicies>
    tracer: Tracer
  },
): () => ReviewPorts {
  const cap = new ProgramCap(systemClock.monotonicMs)
  const fixed = {
    clock: systemClock,
    newId: newReviewId,
    newNonce: () => nonceFrom(randomBytes(NONCE_BYTES)),
    programName: environment.programName,
    signatureVersion: environment.signatureVersion,
    model: environment.model,
    replayClock: environment.replayClock,
    isSimulated: () => parts.identity.simulated === true,
    controls: () => parts.rules.controls(),
    isDurable: () => parts.recorder.isDurable,
    resolveArtifact: (decisionId) => parts.serving.resolveFor(decisionId),
    takeProgramRun: (slowCalls) => cap.take(slowCalls),
    runProgram: (artifact, submission, nonce, timeoutMs) => parts.calls.run(artifact, submission, nonce, timeoutMs),
    observeGates: (settle) => traceGates(parts.tracer, settle),
  } satisfies Omit<ReviewPorts, 'policy' | 'policyHash'>
  return () => ({ ...fixed, ...parts.rules.policies.current() })
}

function newReviewId(): string {
  const reviewId = uuidv7()
  noteFacts({ reviewId })
  return reviewId
}

async function checkArtifact(serving: ServingArtifact, metrics: ReviewMetrics): Promise<string | null> {
  try {
    const resolved = await serving.resolve()
    if (!resolved.ok) return resolved.detail
    metrics.showActiveArtifact(resolved.artifact.hash, resolved.artifact.kind)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A process that was told to ask for keys must not run without them. */
function requireApiKeys(path: string): ApiKeys {
  try {
    return readApiKeys(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StartRefusedError(`Cannot read the keys of TORGHUT_API_KEYS_FILE: ${reason}`, { cause })
  }
}

/** In live the append-only promise must hold against this very process, so its role may own nothing. */
function judgeRole(environment: RuntimeEnvironment, role: RoleFacts, logger: Logger): void {
  if (!role.isSuperuser && !role.ownsTables) return
  if (environment.policy.trading_mode === 'live') {
    throw new StartRefusedError(
      `DATABASE_URL names "${role.name}", a superuser or the owner of the tables: use the application role`,
    )
  }
  logger.warn({ role: role.name }, 'The database role could change what is append-only; live refuses to start with it')
}

/** A replayed clock may only meet a simulated model, so that no real verdict can carry an invented time. */
async function requireSimulator(identity: GatewayIdentity): Promise<void> {
  for (let tries = 0; tries < SIMULATOR_TRIES && identity.simulated === null; tries += 1) await sleep(SIMULATOR_WAIT_MS)
  if (identity.simulated === true) return
  const what = identity.simulated === null ? 'did not answer' : 'is not the simulator'
  throw new StartRefusedError(`REPLAY_CLOCK is set and the gateway at JANGAR_BASE_URL ${what}: remove REPLAY_CLOCK`)
}
