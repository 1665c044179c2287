import type { MutantCoverage } from '@stryker-mutator/api/core'

/** What the loop is asked: to run everything once with nothing broken, to judge a mutant, or to end. */
export type Order = { kind: 'dry-run' } | MutantOrder | { kind: 'stop' }

export interface MutantOrder {
  kind: 'mutant'
  mutantId: string
  /** Ids of the tests that reach it; null for all. */
  testIds: string[] | null
  /** More executions of the mutant than this are an endless loop. */
  hitLimit: number | null
  /** True for a mutant that acts while modules load: the gates are then read anew with it on. */
  isStatic: boolean
}

export interface RunTest {
  id: string
  name: string
  file: string
  durationMs: number
  failure: string | null
}

export type Answer =
  | { kind: 'ready' }
  | { kind: 'dry-run'; tests: RunTest[]; coverage: MutantCoverage }
  | { kind: 'killed'; testId: string; failure: string; testCount: number }
  | { kind: 'survived'; testCount: number }
  | { kind: 'endless' }
