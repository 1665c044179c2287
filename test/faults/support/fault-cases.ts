import { createHash } from 'node:crypto'

import { FAULTS } from '@torghut/jangar-simulator'
import type { FaultKind, Revision } from '@torghut/jangar-simulator'

import { EXPECTATIONS } from './expectations.ts'

/** Pieces an answer is sent in; a fault can begin before, between and after them. */
export const DELTAS = 40

export interface FaultCase {
  kind: FaultKind
  at: number
  revision: Revision
  /** `once`: the first attempt meets the fault. `always`: every one does. */
  meets: 'once' | 'always'
}

/** Every place of a kind in the given revisions; a case names itself. */
export function casesOf(kind: FaultKind, revisions: readonly Revision[]): FaultCase[] {
  const places = FAULTS[kind].positional ? Array.from({ length: DELTAS + 1 }, (_, at) => at) : [0]
  const meetings = EXPECTATIONS[kind].retried ? (['always', 'once'] as const) : (['always'] as const)
  return revisions.flatMap((revision) =>
    meetings.flatMap((meets) => places.map((at) => ({ kind, at, revision, meets }))),
  )
}

export function nameOf({ kind, at, revision, meets }: FaultCase): string {
  return `${kind}@${at} ${revision} ${meets}`
}

/** A share of them, the same for the same seed, with at least one of every revision and meeting. */
export function sampleCases(cases: readonly FaultCase[], share: number, seed: string): FaultCase[] {
  const ranked = cases
    .map((one) => ({ one, rank: rankOf(`${seed} ${nameOf(one)}`) }))
    .sort((left, right) => left.rank - right.rank)
  const seen = new Set<string>()
  return ranked
    .filter(({ one, rank }) => {
      const group = `${one.revision} ${one.meets}`
      const first = !seen.has(group)
      seen.add(group)
      return first || rank < share
    })
    .map(({ one }) => one)
}

/** From 0 up to 1, spread evenly over names. */
export function rankOf(name: string): number {
  return createHash('sha256').update(name).digest().readUIntBE(0, 6) / 2 ** 48
}
