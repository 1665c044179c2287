/// <reference types="vite/client" />

/** In order: a run ends with the first test that fails, so what finds most mutants for least time comes first. */
import.meta.glob(['../../libs/gates/src/decision/{gate-catalogue,golden-outcomes}.test.ts'], { eager: true })
import.meta.glob(
  [
    '../../libs/gates/src/**/*.test.ts',
    '!../../libs/gates/src/decision/{gate-catalogue,golden-outcomes,totality}.test.ts',
    '!../../libs/gates/src/**/*.property.test.ts',
  ],
  { eager: true },
)
import.meta.glob(['../../libs/gates/src/decision/totality.test.ts', '../../libs/gates/src/**/*.property.test.ts'], { eager: true })
