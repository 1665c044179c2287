import type { Store } from '@torghut/artifact-store'
import { PROGRAM_KIND } from '@torghut/contracts'
import type { RuntimeEnvironment } from '@torghut/contracts'
import { verifyArtifact } from '@torghut/programs'
import type { LoadedArtifact, VerifiedArtifact } from '@torghut/programs'

/** How long a failed look-up is remembered, so that a missing artifact costs one query a second and not one a review. */
const RETRY_AFTER_MS = 1_000

/** Most artifacts kept: a base, a candidate, and those of a few rollouts before. */
const KEPT_MAX = 8

/** A failed look-up and when it was made. */
interface Failure {
  verified: VerifiedArtifact
  atMs: number
}

/**
 * Loads artifacts by hash and verifies them as this process would serve them: their bytes hash to their name, program
 * and signature are ours, and they may serve here. A verified artifact cannot change, so it is kept; a failure is tried
 * again. Several who ask at once share one look-up.
 */
export class ArtifactLoader {
  readonly #store: () => Pick<Store, 'findOptionalArtifact'>
  readonly #environment: RuntimeEnvironment
  readonly #monotonicMs: () => number
  readonly #loaded = new Map<string, LoadedArtifact>()
  readonly #failures = new Map<string, Failure>()
  readonly #loading = new Map<string, Promise<VerifiedArtifact>>()

  constructor(store: () => Pick<Store, 'findOptionalArtifact'>, environment: RuntimeEnvironment, monotonicMs: () => number) {
    this.#store = store
    this.#environment = environment
    this.#monotonicMs = monotonicMs
  }

  /** Why an artifact may not serve is a value; throws only what the store throws. */
  async load(hash: string): Promise<VerifiedArtifact> {
    const artifact = this.#loaded.get(hash)
    if (artifact !== undefined) return { ok: true, artifact }
    const failure = this.#failures.get(hash)
    if (failure !== undefined && this.#monotonicMs() - failure.atMs < RETRY_AFTER_MS) return failure.verified
    const shared = this.#loading.get(hash) ?? this.#share(hash)
    return shared
  }

  /** An artifact that was verified before, without waiting. */
  peek(hash: string): LoadedArtifact | null {
    return this.#loaded.get(hash) ?? null
  }

  /** What the last look-up found wrong, without waiting; null when it found nothing or there was none. */
  complaint(hash: string): string | null {
    const verified = this.#failures.get(hash)?.verified
    return verified === undefined || verified.ok ? null : `${verified.code}: ${verified.detail}`
  }

  /** Bytes as this process would verify them, stored or not. */
  verify(bytes: Uint8Array | null, hash: string): VerifiedArtifact {
    const { programName, signatureVersion, model, policy } = this.#environment
    // What an artifact was promoted for is read here once there are promotions; until then only seeds can serve.
    return verifyArtifact(bytes, hash, { programName, signatureVersion, model, tradingMode: policy.trading_mode })
  }

  #share(hash: string): Promise<VerifiedArtifact> {
    const loading = this.#look(hash).finally(() => this.#loading.delete(hash))
    this.#loading.set(hash, loading)
    return loading
  }

  async #look(hash: string): Promise<VerifiedArtifact> {
    const { programName } = this.#environment
    const bytes = await this.#store().findOptionalArtifact({ kind: PROGRAM_KIND, programName, artifactHash: hash })
    const verified = this.verify(bytes ?? null, hash)
    if (verified.ok) keep(this.#loaded, hash, verified.artifact)
    if (verified.ok) this.#failures.delete(hash)
    else keep(this.#failures, hash, { verified, atMs: this.#monotonicMs() })
    return verified
  }
}

/** The newest stay; the one asked for first goes. */
function keep<Value>(map: Map<string, Value>, hash: string, value: Value): void {
  map.delete(hash)
  map.set(hash, value)
  const [oldest] = map.keys()
  if (map.size > KEPT_MAX && oldest !== undefined) map.delete(oldest)
}
