import { defineConfig } from 'vitest/config'

/** One file with all tests of the gates in it: a mutant then costs one reading of the contracts, not one for each file. */
export default defineConfig({
  test: {
    include: ['tools/mutation/all-gate-tests.ts'],
    pool: 'threads',
    maxWorkers: 1,
    testTimeout: 60_000,
  },
})
