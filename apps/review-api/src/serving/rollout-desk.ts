import { randomUUID } from 'node:crypto'

import type { RolloutEntry, Store, StoredRollout } from '@torghut/artifact-store'
import { RolloutMovedError } from '@torghut/artifact-store'
import { Reason, Rollout, RolloutEvent, Sha256, Stage } from '@torghut/contracts'
import type { RuntimeEnvironment } from '@torghut/contracts'
import { candidateShare, isOpen, moveRollout, startRollout } from '@torghut/rollout'
import type { RolloutMove, RolloutTransition } from '@torghut/rollout'
import { z } from 'zod'

import { ProblemError, validationProblem } from '../http/problems.ts'
import type { ArtifactLoader } from './artifact-loader.ts'
import { targetsOf } from './rollout-view.ts'

/** What a person may do to a rollout that has begun; the rest is for a controller that watches the figures. */
export const PERSON_MOVES = ['pause', 'resume', 'advance', 'abort', 'rollback'] as const satisfies readonly RolloutMove[]
export type PersonMove = (typeof PERSON_MOVES)[number]

export const RolloutChange = z.strictObject({ reason: Reason })
export type RolloutChange = z.output<typeof RolloutChange>

export const RolloutStart = RolloutChange.extend({
  candidate_artifact_hash: Sha256,
  /** By default the narrowest that the server's mode knows. */
  target: Stage.optional(),
})
export type RolloutStart = z.output<typeof RolloutStart>

/** The newest rollout as it stands, and how it came there. */
export const RolloutStatus = z.strictObject({
  base_artifact_hash: z.string(),
  rollout: Rollout.nullable(),
  /** Percent of the decisions the rollout gives its candidate. */
  share_percent: z.int().min(0).max(100),
  /** Null when the candidate may serve here, or there is none. */
  candidate_problem: z.string().nullable(),
  events: z.array(RolloutEvent),
})
export type RolloutStatus = z.output<typeof RolloutStatus>

export interface RolloutDeskDeps {
  store(): Pick<Store, 'rollouts'>
  loader: Pick<ArtifactLoader, 'load'>
  environment: Pick<RuntimeEnvironment, 'artifactHash' | 'programName' | 'policy'>
}

/** Where people start and move rollouts. Every move is recorded with its caller and reason, or not made. */
export class RolloutDesk {
  readonly #deps: RolloutDeskDeps
  readonly #base: string

  constructor(deps: RolloutDeskDeps) {
    this.#deps = deps
    this.#base = deps.environment.artifactHash.trim().toLowerCase()
  }

  async status(): Promise<RolloutStatus> {
    const last = await this.#last()
    const shared = { base_artifact_hash: this.#base }
    if (last === undefined) {
      return { ...shared, rollout: null, share_percent: 0, candidate_problem: null, events: [] }
    }
    const { seq: _seq, ...rollout } = last
    return {
      ...shared,
      rollout,
      share_percent: candidateShare(last),
      candidate_problem: await this.#candidateProblem(last.candidate_artifact_hash),
      events: await this.#deps.store().rollouts.listEvents(last.rollout_id),
    }
  }

  /** Throws `ProblemError`: 422 for a candidate that may not serve here, 409 `illegal_transition` or `artifact_denylisted`. */
  async start({ candidate_artifact_hash: candidate, target: wanted, reason }: RolloutStart, actor: string): Promise<RolloutStatus> {
    const { environment } = this.#deps
    const target = this.#targetOf(wanted)
    const problem = await this.#candidateProblem(candidate)
    if (problem !== null) throw badCandidate(problem)
    await this.#refuseDenied(candidate)
    const last = await this.#last()
    const open = last !== undefined && isOpen(last.state) && last.target === target ? last : null
    const plan = { target, base: this.#base, candidate }
    const { step, state } = legal(startRollout(plan, open))
    const rollout = {
      rollout_id: randomUUID(),
      program_name: environment.programName,
      target,
      base_artifact_hash: plan.base,
      candidate_artifact_hash: candidate,
    }
    await this.#append({ rollout, seq: 1, event: 'start', stepBefore: null, stepAfter: step, stateAfter: state, actor, reason })
    return this.status()
  }

  /** Throws `ProblemError` 409 `illegal_transition`, also when somebody else's move came first. */
  async move(event: PersonMove, { reason }: RolloutChange, actor: string): Promise<RolloutStatus> {
    const rollout = await this.#last()
    if (rollout === undefined) throw illegal('There is no rollout: start one first')
    const { step, state } = legal(moveRollout(rollout, event))
    const seq = rollout.seq + 1
    await this.#append({ rollout, seq, event, stepBefore: rollout.step, stepAfter: step, stateAfter: state, actor, reason })
    return this.status()
  }

  #last(): Promise<StoredRollout | undefined> {
    const { store, environment } = this.#deps
    const scope = { programName: environment.programName, targets: targetsOf(environment.policy.trading_mode) }
    return store().rollouts.findOptionalLast(scope)
  }

  #targetOf(wanted: Stage | undefined): Stage {
    const targets = targetsOf(this.#deps.environment.policy.trading_mode)
    const target = wanted ?? targets[0]
    if (target !== undefined && targets.includes(target)) return target
    const message = `This server rolls out for ${targets.join(' and ')}`
    throw validationProblem([{ path: 'target', code: 'target_not_served', message }])
  }

  async #candidateProblem(hash: string): Promise<string | null> {
    const verified = await this.#deps.loader.load(hash)
    return verified.ok ? null : `${verified.code}: ${verified.detail}`
  }

  async #refuseDenied(hash: string): Promise<void> {
    const { store, environment } = this.#deps
    const denials = await store().rollouts.listDenylist(environment.programName)
    const denial = denials.find((entry) => entry.artifact_hash === hash && entry.cleared === null)
    if (denial === undefined) return
    const detail = `The artifact was denied by "${denial.denied_by}": a person clears it before it can be rolled out again`
    throw new ProblemError({ status: 409, code: 'artifact_denylisted', detail })
  }

  async #append(entry: RolloutEntry): Promise<void> {
    try {
      await this.#deps.store().rollouts.append(entry)
    } catch (error) {
      if (error instanceof RolloutMovedError) throw illegal("Somebody else's move came first: look again", error)
      throw error
    }
  }
}

function legal(transition: RolloutTransition): Extract<RolloutTransition, { ok: true }> {
  if (transition.ok) return transition
  throw illegal(transition.detail)
}

function illegal(detail: string, cause?: unknown): ProblemError {
  return new ProblemError({ status: 409, code: 'illegal_transition', detail, cause })
}

function badCandidate(problem: string): ProblemError {
  const [code = 'artifact_shape_invalid', ...rest] = problem.split(': ')
  return validationProblem([{ path: 'candidate_artifact_hash', code, message: rest.join(': ') }])
}
