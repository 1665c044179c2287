import { defineConfig } from 'vitest/config'

/** One run over every workspace project; tests that start processes get the time a busy two-core machine needs. */
export default defineConfig({
  test: {
    include: ['{apps,libs,tools}/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Many files wait for processes they started, so one worker more than cores keeps both cores busy.
    maxWorkers: 3,
  },
})
