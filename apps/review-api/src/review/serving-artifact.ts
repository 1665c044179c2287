import type { Routing, Store, StoredRollout } from '@torghut/artifact-store'
import { PROGRAM_KIND, canonicalJson } from '@torghut/contracts'
import type { Arm, FallbackCause, RuntimeEnvironment } from '@torghut/contracts'
import { BOOTSTRAP_ARTIFACT, seedArtifact } from '@torghut/programs'
import type { LoadedArtifact } from '@torghut/programs'
import { candidateShare, isCandidateSubject } from '@torghut/rollout'

import type { ArtifactLoader } from '../serving/artifact-loader.ts'
import type { RolloutView } from '../serving/rollout-view.ts'

/** The artifact a review is decided with, and which side of a rollout it stands on. */
export type Serving =
  | { ok: true; artifact: LoadedArtifact; arm: Arm }
  | { ok: false; cause: FallbackCause; detail: string; arm: Arm }

export interface ServingParts {
  loader: Pick<ArtifactLoader, 'load' | 'peek' | 'complaint'>
  rollouts: Pick<RolloutView, 'rollout' | 'isDenied' | 'complaint'>
  environment: Pick<RuntimeEnvironment, 'artifactHash'>
}

/**
 * Which artifact serves: the one the environment pins, or the candidate for the share of decisions a rollout gives it.
 * A candidate gets traffic only once it was loaded and verified; whatever is wrong with it, the base serves its share.
 */
export class ServingArtifact {
  readonly #parts: ServingParts

  constructor(parts: ServingParts) {
    this.#parts = parts
  }

  /** The pinned artifact. Never throws for a bad one: that is a fallback with its cause. */
  async resolve(): Promise<Serving> {
    const { loader, rollouts } = this.#parts
    const hash = this.#pinned()
    if (rollouts.isDenied(hash)) {
      const detail = 'artifact_denylisted: The pinned artifact is on the denylist'
      return { ok: false, cause: 'artifact_not_promoted', detail, arm: 'base' }
    }
    const verified = await loader.load(hash)
    if (verified.ok) return { ok: true, artifact: verified.artifact, arm: 'base' }
    return { ok: false, cause: verified.cause, detail: `${verified.code}: ${verified.detail}`, arm: 'base' }
  }

  /** The artifact of one decision: the same for every call about it while the rollout stands still or widens. */
  async resolveFor(decisionId: string): Promise<Serving> {
    const rollout = this.#rolloutInForce()
    if (rollout === null || !isCandidateSubject(rollout, decisionId)) return this.resolve()
    const candidate = this.#parts.loader.peek(rollout.candidate_artifact_hash)
    return candidate === null ? this.resolve() : { ok: true, artifact: candidate, arm: 'candidate' }
  }

  /** Loads a candidate as soon as its rollout is known, so that no review has to wait for it. */
  prepare({ rollout }: Routing): void {
    if (rollout === null || this.#parts.rollouts.isDenied(rollout.candidate_artifact_hash)) return
    // An absent database is the store's to tell; the next reading tries again.
    void this.#parts.loader.load(rollout.candidate_artifact_hash).catch(() => undefined)
  }

  /** Null when rollouts go as they should, else what to tell a person. The base serves in the meantime. */
  complaint(): string | null {
    const { rollouts, loader } = this.#parts
    const rollout = rollouts.rollout()
    if (rollout === null) return rollouts.complaint()
    const hash = rollout.candidate_artifact_hash
    if (rollout.base_artifact_hash !== this.#pinned()) {
      return hash === this.#pinned() ? null : `the rollout of ${hash} began beside another base than the pinned one and is not in force`
    }
    if (rollouts.isDenied(hash)) return `the candidate ${hash} is on the denylist; the base serves its share`
    const wrong = loader.complaint(hash)
    return wrong === null ? null : `the candidate ${hash} cannot serve (${wrong}); the base serves its share`
  }

  /** A rollout counts beside the very base it began with, and while its candidate is not denied. */
  #rolloutInForce(): StoredRollout | null {
    const rollout = this.#parts.rollouts.rollout()
    if (rollout === null || candidateShare(rollout) === 0) return null
    if (rollout.base_artifact_hash !== this.#pinned()) return null
    return this.#parts.rollouts.isDenied(rollout.candidate_artifact_hash) ? null : rollout
  }

  /** The configured hash as artifacts are named. */
  #pinned(): string {
    return this.#parts.environment.artifactHash.trim().toLowerCase()
  }
}

/** Puts the artifacts that come with the code into the store: the bootstrap heuristic and the seed. Idempotent. */
export async function saveBuiltInArtifacts(store: Store, model: string): Promise<void> {
  for (const artifact of [BOOTSTRAP_ARTIFACT, seedArtifact(model)]) {
    const bytes = Buffer.from(canonicalJson(artifact))
    await store.saveArtifact({ kind: PROGRAM_KIND, programName: artifact.program_name, bytes })
  }
}
