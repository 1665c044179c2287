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

/** The deciding code, and what a policy may say to it. */
const GATE_SOURCES = ['libs/gates/src/**/*.ts', 'libs/contracts/src/review/{gate-limits,gate-policy,policy-file}.ts']

const GATE_PARTS: readonly ProofPart[] = [1, 2, 3, 4, 5].map((seed) => ({
  name: `seed-${seed}`,
  settings: { TORGHUT_GATE_CASES: 1_000_000, TORGHUT_GATE_SEED: seed },
}))

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
    name: 'gates',
    claim: 'In 5 million cases no advice gets more from the gates than a perfect approve of the original order would',
    test: 'libs/gates/src/decision/only-tighter.advice.property.test.ts',
    covers: GATE_SOURCES,
    expectedMinutes: 15,
    parts: GATE_PARTS,
  },
  {
    name: 'gates-order',
    claim: 'In 5 million cases no order is handed on that exceeds the original or that anybody with a say vetoed',
    test: 'libs/gates/src/decision/only-tighter.order.property.test.ts',
    covers: GATE_SOURCES,
    expectedMinutes: 10,
    parts: GATE_PARTS,
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
  {
    name: 'audit-rows',
    claim: 'A million stored rows are verified in bounded memory, and one changed character among them is found',
    test: 'test/audit-rows.test.ts',
    covers: [
      'libs/audit/src/**/*.ts',
      'libs/contracts/src/audit/**/*.ts',
      'libs/artifact-store/src/reading/**/*.ts',
      'apps/cli/src/audit/verify/**/*.ts',
    ],
    expectedMinutes: 6,
    parts: [{ name: 'million', settings: { TORGHUT_AUDIT_ROWS: 1_000_000 } }],
  },
  {
    name: 'audit-replay',
    claim: '10,000 reviews settled from varied requests, advice, controls and policies replay to the same bytes',
    test: 'libs/audit/src/replay/replay-review.test.ts',
    covers: ['libs/audit/src/replay/**/*.ts', 'libs/gates/src/**/*.ts', 'libs/contracts/src/review/**/*.ts'],
    expectedMinutes: 1,
    parts: [{ name: 'all', settings: { TORGHUT_REPLAYED_REVIEWS: 10_000 } }],
  },
  {
    name: 'converge',
    claim: 'Of 10,000 generated manifests full of traps every one converges by its own bytes alone, or is refused by its line',
    test: 'apps/manifests/src/converge/converge-fuzz.test.ts',
    covers: ['apps/manifests/src/converge/**/*.ts', 'libs/contracts/src/lifecycle/pins.ts'],
    expectedMinutes: 3,
    parts: [1, 2].map((seed) => ({
      name: `seed-${seed}`,
      settings: { TORGHUT_CONVERGE_DOCUMENTS: 5_000, TORGHUT_CONVERGE_SEED: seed },
    })),
  },
  {
    name: 'kills',
    claim:
      'kill -9 at 200 points, also while draining: no answer without a record, no record twice, none that stops the drain',
    test: 'test/journal-kills.test.ts',
    covers: [
      'libs/review-journal/{package.json,src/**/*.ts}',
      'libs/artifact-store/src/{audit,queries}/**/*.ts',
      'apps/review-api/src/{recording,review}/**/*.ts',
      'apps/review-api/src/{late-store,main,wiring}.ts',
    ],
    expectedMinutes: 10,
    parts: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seed) => ({
      name: `seed-${seed}`,
      settings: { TORGHUT_KILLS: 20, TORGHUT_KILL_SEED: seed },
    })),
  },
]
