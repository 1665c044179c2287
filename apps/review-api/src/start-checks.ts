import { setTimeout as sleep } from 'node:timers/promises'

import type { RoleFacts } from '@torghut/artifact-store'
import type { RuntimeEnvironment } from '@torghut/contracts'
import type { Logger, ReviewMetrics } from '@torghut/telemetry'

import { StartRefusedError } from './errors.ts'
import { readApiKeys } from './http/authentication.ts'
import type { ApiKeys } from './http/authentication.ts'
import type { GatewayIdentity } from './review/gateway-identity.ts'
import type { ServingArtifact } from './review/serving-artifact.ts'

/** A simulator that starts beside us answers within this: tries times wait. */
const SIMULATOR_TRIES = 100
const SIMULATOR_WAIT_MS = 100

/** What keeps the pinned artifact from being served, for a person; null when nothing does. */
export async function checkArtifact(serving: ServingArtifact, metrics: ReviewMetrics): Promise<string | null> {
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
export function requireApiKeys(path: string): ApiKeys {
  try {
    return readApiKeys(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StartRefusedError(`Cannot read the keys of TORGHUT_API_KEYS_FILE: ${reason}`, { cause })
  }
}

/** In live the append-only promise must hold against this very process, so its role may own nothing. */
export function judgeRole(environment: RuntimeEnvironment, role: RoleFacts, logger: Logger): void {
  if (!role.isSuperuser && !role.ownsTables) return
  if (environment.policy.trading_mode === 'live') {
    throw new StartRefusedError(
      `DATABASE_URL names "${role.name}", a superuser or the owner of the tables: use the application role`,
    )
  }
  logger.warn({ role: role.name }, 'The database role could change what is append-only; live refuses to start with it')
}

/** A replayed clock may only meet a simulated model, so that no real verdict can carry an invented time. */
export async function requireSimulator(identity: GatewayIdentity): Promise<void> {
  for (let tries = 0; tries < SIMULATOR_TRIES && identity.simulated === null; tries += 1) await sleep(SIMULATOR_WAIT_MS)
  if (identity.simulated === true) return
  const what = identity.simulated === null ? 'did not answer' : 'is not the simulator'
  throw new StartRefusedError(`REPLAY_CLOCK is set and the gateway at JANGAR_BASE_URL ${what}: remove REPLAY_CLOCK`)
}
