/** One stretch of a proof: its settings reach the test as environment variables. A finished part is not run again. */
export interface ProofPart {
  name: string
  settings: Readonly<Record<string, number>>
}

/**
 * A test file run with its full counts, which take too long for every change. The result is committed, with a hash of
 * the sources it speaks about.
 */
export interface Proof {
  name: string
  /** What holds when it passes, in one sentence. */
  claim: string
  /** The vitest file, from the root. */
  test: string
  /** Globs, from the root, of sources whose change makes a result stale; unit tests never count, `test` always does. */
  covers: readonly string[]
  /** How long all parts take on two cores. */
  expectedMinutes: number
  parts: readonly ProofPart[]
}

export const proofs: readonly Proof[] = [
  {
    name: 'fuzz',
    claim: 'None of 50,000 damaged bodies ends in a 500, an unhandled rejection or a row it should not have stored',
    test: 'test/bad-input-fuzz.test.ts',
    covers: [
      'apps/review-api/src/**/*.ts',
      'apps/review-api/package.json',
      'libs/contracts/src/**/*.ts',
      'libs/contracts/package.json',
    ],
    expectedMinutes: 5,
    parts: [1, 2, 3, 4, 5].map((seed) => ({
      name: `seed-${seed}`,
      settings: { TORGHUT_FUZZ_BODIES: 10_000, TORGHUT_FUZZ_SEED: seed },
    })),
  },
  {
    name: 'load',
    claim: 'A minute of ten times the bound: no crash, no answer after its deadline, and memory comes back within a tenth',
    test: 'test/load.test.ts',
    covers: ['apps/review-api/src/**/*.ts', 'libs/{artifact-store,contracts,gates,jangar-transport,programs,telemetry}/src/**/*.ts'],
    expectedMinutes: 3,
    parts: [{ name: 'minute', settings: { TORGHUT_LOAD_SECONDS: 60 } }],
  },
]
