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

/** Everything between the bytes of a gateway and a decoded answer, and what makes the faults. */
const FAULT_SOURCES = [
  'libs/jangar-transport/{package.json,src/**/*.ts}',
  'libs/programs/src/answer/**/*.ts',
  'tools/jangar-simulator/src/{faults,gateway}/**/*.ts',
  'test/faults/support/**/*.ts',
]

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
  {
    name: 'faults',
    claim: 'No fault at any place of an answer, in any gateway revision, has a wrong answer accepted or a deadline missed',
    test: 'test/faults/fault-matrix.test.ts',
    covers: FAULT_SOURCES,
    expectedMinutes: 5,
    parts: [1, 2, 3].map((revision) => ({
      name: `revision-${revision}`,
      settings: { TORGHUT_FAULT_SHARE: 1, TORGHUT_FAULT_REVISION: revision },
    })),
  },
  {
    name: 'cancelled-calls',
    claim: '100,000 cancelled calls leave no socket, timer or listener behind and grow the heap by less than 1 MB',
    test: 'test/faults/cancelled-calls.test.ts',
    covers: ['libs/jangar-transport/{package.json,src/**/*.ts}', 'test/faults/support/{cancel-calls,in-parallel}.ts'],
    expectedMinutes: 3,
    parts: [{ name: 'all', settings: { TORGHUT_CANCELLED_CALLS: 100_000 } }],
  },
]
