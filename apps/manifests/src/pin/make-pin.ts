import { seedArtifact } from '@torghut/programs'
import { hashJson } from '@torghut/contracts'

import type { PastPin } from '../inputs/pin-history.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { revisionName } from '../torghut/knative-service.ts'
import { HASH_NAME } from './pin-files.ts'

/** What a move of the pin is made of, besides what was there before. */
export interface Move {
  hash: string
  action: PastPin['action']
  promotion: PastPin['promotion']
  pinnedAt: string
  pinnedBy: string
  reason: string
}

/** Inputs with another pin, and the entry of the history that tells it. */
export interface MovedPin {
  inputs: Inputs
  entry: PastPin
}

/** The artifact that is pinned now; empty when none is. */
export function pinnedHash({ pins }: Inputs): string {
  return pins.env[HASH_NAME] ?? ''
}

/** The seed of this version of the code, for the pinned model. */
export function seedHash({ pins }: Inputs): string {
  return hashJson(seedArtifact(pins.env['LLM_MODEL'] ?? ''))
}

/**
 * Moves the pin in memory. `inputs` already holds what else changes: a denial, another split of the traffic. `before` is
 * what is on the disk.
 */
export function movePin(before: Inputs, inputs: Inputs, move: Move): MovedPin {
  const pins = { ...inputs.pins, env: { ...inputs.pins.env, [HASH_NAME]: move.hash } }
  const moved = { ...inputs, pins }
  const entry: PastPin = {
    artifact_hash: move.hash,
    revision: revisionName(moved),
    action: move.action,
    promotion: move.promotion,
    replaced: { artifact_hash: pinnedHash(before), revision: revisionName(before) },
    pinned_at: move.pinnedAt,
    pinned_by: move.pinnedBy,
    reason: move.reason,
  }
  return { inputs: { ...moved, history: { pins: [...inputs.history.pins, entry] } }, entry }
}

/** What the history keeps of a promotion; the rest is in the evidence. */
export function promotionMark(
  { target, promotion_id }: { target: NonNullable<PastPin['promotion']>['target']; promotion_id: string },
  manifestHash: string,
): PastPin['promotion'] {
  return { target, promotion_id, manifest_hash: manifestHash }
}
