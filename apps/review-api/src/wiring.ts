import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { canonicalJson, sha256Hex } from '@torghut/contracts'
import type { CompletionTransport, RuntimeEnvironment } from '@torghut/contracts'
import { createJangarTransport } from '@torghut/jangar-transport'
import { nonceFrom } from '@torghut/programs'
import { ReviewMetrics } from '@torghut/telemetry'
import type { Logger } from '@torghut/telemetry'
import { v7 as uuidv7 } from 'uuid'

import { buildApp } from './app.ts'
import { systemClock } from './clock.ts'
import { StartRefusedError } from './errors.ts'
import { readApiKeys } from './http/authentication.ts'
import { LateStore } from './late-store.ts'
import { GatewayIdentity } from './review/gateway-identity.ts'
import { IdempotentReviews } from './review/idempotent-review.ts'
import { ModelCalls } from './review/model-calls.ts'
import type { ReviewPorts } from './review/review-decision.ts'
import { ServingArtifact, saveBuiltInArtifacts } from './review/serving-artifact.ts'

/** Bytes of randomness behind a call's nonce: nobody who did not see the prompt can guess it. */
const NONCE_BYTES = 16

/** A simulator that starts beside us answers within this: tries times wait. */
const SIMULATOR_TRIES = 100
const SIMULATOR_WAIT_MS = 100

/** The only place where adapters meet the story's ports. Nothing listens yet. */
export function wireApp(environment: RuntimeEnvironment, logger: Logger) {
  const late = new LateStore()
  const metrics = new ReviewMetrics()
  const identity = new GatewayIdentity(environment.jangar.origin)
  const jangar = createJangarTransport({ chatUrl: environment.jangar.chatUrl, apiKey: environment.jangar.apiKey })
  const calls = new ModelCalls(jangar satisfies CompletionTransport, environment.model)
  const policyBytes = Buffer.from(canonicalJson(environment.policy))
  const serving = new ServingArtifact(() => late.current().store, environment, systemClock.monotonicMs)
  const ports = reviewPorts(environment, { serving, identity, calls, policyBytes })
  const app = buildApp({
    logger,
    metrics,
    apiKeys: environment.apiKeysFile === null ? null : readApiKeys(environment.apiKeysFile),
    store: () => late.current().store,
    clock: systemClock,
    ports,
    reviews: new IdempotentReviews(late.current, systemClock),
    tradingMode: environment.policy.trading_mode,
    programTimeoutMs: environment.programTimeoutMs,
    readiness: [
      { name: 'database', check: () => late.check() },
      { name: 'artifact', check: () => checkArtifact(serving, metrics) },
    ],
  })
  return {
    app,
    /** Connects what may come late; resolves once reviews can be recorded. */
    async connect(): Promise<void> {
      void identity.discover()
      await late.connect(environment.databaseUrl, logger, async (store) => {
        await saveBuiltInArtifacts(store, environment.model)
        await store.saveGatePolicy(policyBytes)
        refuseLooseRole(environment, store.role)
      })
      if (environment.replayClock) await requireSimulator(identity)
    },
    async close(): Promise<void> {
      identity.close()
      await app.close()
      await jangar.close()
      await late.close()
    },
  }
}

function reviewPorts(
  environment: RuntimeEnvironment,
  parts: { serving: ServingArtifact; identity: GatewayIdentity; calls: ModelCalls; policyBytes: Buffer },
): ReviewPorts {
  return {
    clock: systemClock,
    newId: () => uuidv7(),
    newNonce: () => nonceFrom(randomBytes(NONCE_BYTES)),
    policy: environment.policy,
    policyHash: sha256Hex(parts.policyBytes),
    programName: environment.programName,
    signatureVersion: environment.signatureVersion,
    model: environment.model,
    replayClock: environment.replayClock,
    isSimulated: () => parts.identity.simulated === true,
    resolveArtifact: () => parts.serving.resolve(),
    runProgram: (artifact, submission, nonce, timeoutMs) => parts.calls.run(artifact, submission, nonce, timeoutMs),
  }
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

/** In live the append-only promise must hold against this very process, so its role may own nothing. */
function refuseLooseRole(environment: RuntimeEnvironment, role: { isSuperuser: boolean; ownsTables: boolean }): void {
  if (environment.policy.trading_mode !== 'live' || (!role.isSuperuser && !role.ownsTables)) return
  throw new StartRefusedError('DATABASE_URL names a superuser or the owner of the tables: use the application role')
}

/** A replayed clock may only meet a simulated model, so that no real verdict can carry an invented time. */
async function requireSimulator(identity: GatewayIdentity): Promise<void> {
  for (let tries = 0; tries < SIMULATOR_TRIES && identity.simulated === null; tries += 1) await sleep(SIMULATOR_WAIT_MS)
  if (identity.simulated === true) return
  const what = identity.simulated === null ? 'did not answer' : 'is not the simulator'
  throw new StartRefusedError(`REPLAY_CLOCK is set and the gateway at JANGAR_BASE_URL ${what}: remove REPLAY_CLOCK`)
}
