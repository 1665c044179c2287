import type { Store } from '@torghut/artifact-store'
import { PROGRAM_KIND, canonicalJson } from '@torghut/contracts'
import type { FallbackCause, RuntimeEnvironment } from '@torghut/contracts'
import { BOOTSTRAP_ARTIFACT, seedArtifact, verifyArtifact } from '@torghut/programs'
import type { LoadedArtifact } from '@torghut/programs'

export type Serving =
  | { ok: true; artifact: LoadedArtifact }
  | { ok: false; cause: FallbackCause; detail: string }

/** How long a failed look-up is remembered, so that a missing artifact costs one query a second and not one a review. */
const RETRY_AFTER_MS = 1_000

/**
 * The artifact the environment pins, loaded from the store and verified: its bytes hash to its name, program and
 * signature are ours, and it may serve here. A verified artifact cannot change, so it is kept; a failure is retried.
 */
export class ServingArtifact {
  readonly #store: () => Pick<Store, 'findOptionalArtifact'>
  readonly #environment: RuntimeEnvironment
  readonly #monotonicMs: () => number
  #loaded: LoadedArtifact | null = null
  #failure: { serving: Serving; atMs: number } | null = null

  constructor(store: () => Pick<Store, 'findOptionalArtifact'>, environment: RuntimeEnvironment, monotonicMs: () => number) {
    this.#store = store
    this.#environment = environment
    this.#monotonicMs = monotonicMs
  }

  /** Resolves the pin. Never throws for a bad artifact: that is a fallback with its cause. */
  async resolve(): Promise<Serving> {
    if (this.#loaded !== null) return { ok: true, artifact: this.#loaded }
    if (this.#failure !== null && this.#monotonicMs() - this.#failure.atMs < RETRY_AFTER_MS) return this.#failure.serving
    const serving = await this.#load()
    if (serving.ok) this.#loaded = serving.artifact
    else this.#failure = { serving, atMs: this.#monotonicMs() }
    return serving
  }

  async #load(): Promise<Serving> {
    const { artifactHash, programName, signatureVersion, model, policy } = this.#environment
    const bytes = await this.#store().findOptionalArtifact({ kind: PROGRAM_KIND, programName, artifactHash })
    const verified = verifyArtifact(bytes ?? null, artifactHash, {
      programName,
      signatureVersion,
      model,
      tradingMode: policy.trading_mode,
    })
    if (verified.ok) return verified
    return { ok: false, cause: verified.cause, detail: `${verified.code}: ${verified.detail}` }
  }
}

/** Puts the artifacts that come with the code into the store: the bootstrap heuristic and the seed. Idempotent. */
export async function saveBuiltInArtifacts(store: Store, model: string): Promise<void> {
  for (const artifact of [BOOTSTRAP_ARTIFACT, seedArtifact(model)]) {
    const bytes = Buffer.from(canonicalJson(artifact))
    await store.saveArtifact({ kind: PROGRAM_KIND, programName: artifact.program_name, bytes })
  }
}
