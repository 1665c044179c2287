import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vitest/config'

const COLLECTOR = fileURLToPath(new URL('src/runner/collect-tests.ts', import.meta.url))

/** One worker with one endless "test", the loop that judges mutants; the gates' own tests register with the collector. */
export default defineConfig({
  plugins: [
    {
      name: 'collect-gate-tests',
      enforce: 'pre',
      resolveId: (id, importer) => (id === 'vitest' && importer?.includes('/libs/gates/src/') ? COLLECTOR : null),
    },
  ],
  test: {
    include: ['tools/mutation/src/runner/mutant-loop.ts'],
    pool: 'threads',
    maxWorkers: 1,
    silent: true,
  },
})
