import { fixturesFolder, readVectors } from '@torghut/contracts/testing'
import type { Vector } from '@torghut/contracts/testing'

/** One judgement a vector asks for: its settings and what must come out. */
export interface VectorCase<Settings> {
  title: string
  vector: Vector
  settings: Settings
  expected: unknown
}

/** True when `TORGHUT_FIXTURES` names a folder; otherwise says once what is left out. */
export function haveVectors(): boolean {
  const present = fixturesFolder() !== null
  if (!present) process.stdout.write('Shared vectors skipped: TORGHUT_FIXTURES is not set\n')
  return present
}

/** Every entry of `context.market_context_gate` with the outcome at the same place of `expect`. */
export function contextCases<Settings>(): VectorCase<Settings>[] {
  return readVectors().flatMap((vector) =>
    pairUp<Settings>(vector, vector.context?.market_context_gate, vector.expect['market_context_gate']),
  )
}

/** The same for `context.settings` and `expect.policy`, of vectors whose response is valid. */
export function policyCases<Settings>(): VectorCase<Settings>[] {
  return readVectors().flatMap((vector) => pairUp<Settings>(vector, vector.context?.settings, vector.expect['policy']))
}

/** A list of settings means a list of outcomes, in order. */
function pairUp<Settings>(vector: Vector, settings: unknown, expected: unknown): VectorCase<Settings>[] {
  const outcomes = listOf(expected)
  return listOf(settings).map((item, index) => ({
    title: `${vector.file} #${index}`,
    vector,
    settings: item as Settings,
    expected: outcomes[index],
  }))
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
