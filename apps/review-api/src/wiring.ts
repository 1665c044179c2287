import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { RoleFacts } from '@torghut/artifact-store'
import { canonicalJson, sha256Hex } from '@torghut/contracts'
import type { CompletionTransport, ReviewSubmission, RuntimeEnvironment } from '@torghut/contracts'
import { checkControls } from '@torghut/gates'
import { createJangarTransport } from '@torghut/jangar-transport'
import { nonceFrom } from '@torghut/programs'
import { ReviewMetrics, noteFacts } from '@torghut/telemetry'
import type { Logger, Tracer } from '@torghut/telemetry'
import { v7 as uuidv7 } from 'uuid'

import { buildApp } from './app.ts'
import { wireBreakers } from './breakers/wire-breakers.ts'
import { systemClock } from './clock.ts'
import { StartRefusedError } from './errors.ts'
import { readApiKeys } from './http/authentication.ts'
import type { ApiKeys } from './http/authentication.ts'
import { LateStore } from './late-store.ts'
import { ControlsView } from './review/controls-view.ts'
import { GatewayIdentity } from './review/gateway-identity.ts'
import { IdempotentReviews } from './review/idempotent-review.ts'
import { ModelCalls } from './review/model-calls.ts'
import { Places } from './review/places.ts'
import type { ReviewPorts } from './review/review-decision.ts'
import { ServingArtifact, saveBuiltInArtifacts } from './review/serving-artifact.ts'
import { statusSource } from './status/status-source.ts'
import { traceGates, traceRecording, traceReview, traceTransport } from './tracing/trace-review.ts'

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
  })
  const policyBytes = Buffer.from(canonicalJson(environment.policy))
  const serving = new ServingArtifact(() => late.current().store, environment, systemClock.monotonicMs)
  const controls = new ControlsView(systemClock)
  const ports = reviewPorts(environment, { serving, identity, calls, policyBytes, controls, tracer })
  const mode = environment.policy.trading_mode
  const isHalted = (submission: ReviewSubmission) => !checkControls(submission, controls.snapshot(), mode).passed
  const { circuit } = circuits
  const status = statusSource({ environment, policyHash: ports.policyHash, serving, controls, circuit, metrics, identity })
  const app = buildApp({
    logger,
    tracer,
    metrics,
    apiKeys: environment.apiKeysFile === null ? null : requireApiKeys(environment.apiKeysFile),
    store: () => late.current().store,
    clock: systemClock,
    ports,
    places: new Places(),
    reviews: new IdempotentReviews(traceRecording(tracer, late.current), systemClock, isHalted),
    observeReview: (review) => traceReview(tracer, review),
    status,
    tradingMode: mode,
    programTimeoutMs: environment.programTimeoutMs,
    readiness: [
      { name: 'database', check: () => late.check() },
      { name: 'artifact', check: () => checkArtifact(serving, metrics) },
      { name: 'controls', check: () => Promise.resolve(controls.complaint()) },
    ],
  })
  return {
    app,
    /** Connects what may come late; resolves once reviews can be recorded. */
    async connect(): Promise<void> {
      void identity.discover()
      await late.connect(environment.databaseUrl, logger, async (store) => {
        judgeRole(environment, store.role, logger)
        await saveBuiltInArtifacts(store, environment.model)
        await store.saveGatePolicy(policyBytes)
        await controls.follow(store, logger)
        await circuits.follow(store)
      })
      if (environment.replayClock) await requireSimulator(identity)
    },
    async close(): Promise<void> {
      identity.close()
      await app.close()
      await jangar.close()
      await circuits.breakers.close()
      await late.close()
    },
  }
}

function reviewPorts(
  environment: RuntimeEnvironment,
  parts: {
    serving: ServingArtifact
    identity: GatewayIdentity
    calls: ModelCalls
    policyBytes: Buffer
    controls: ControlsView
    tracer: Tracer
  },
): ReviewPorts {
  return {
    clock: systemClock,
    newId: newReviewId,
    newNonce: () => nonceFrom(randomBytes(NONCE_BYTES)),
    policy: environment.policy,
    policyHash: sha256Hex(parts.policyBytes),
    programName: environment.programName,
    signatureVersion: environment.signatureVersion,
    model: environment.model,
    replayClock: environment.replayClock,
    isSimulated: () => parts.identity.simulated === true,
    controls: () => parts.controls.snapshot(),
    resolveArtifact: () => parts.serving.resolve(),
    runProgram: (artifact, submission, nonce, timeoutMs) => parts.calls.run(artifact, submission, nonce, timeoutMs),
    observeGates: (settle) => traceGates(parts.tracer, settle),
  }
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
