import nx from '@nx/eslint-plugin'
import tseslint from 'typescript-eslint'

/** Who may import whom: one row a tag, one meaning each. An untagged project may import none of our libs. */
const boundaries = [
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: [] },
  {
    sourceTag: 'type:core',
    onlyDependOnLibsWithTags: ['type:contract', 'type:core'],
    bannedExternalImports: ['fastify*', '@fastify/*', 'undici*', 'pg*', 'drizzle-orm*', 'bullmq*', 'ioredis*', 'pino*', 'prom-client*'],
  },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:contract'] },
  { sourceTag: 'type:telemetry', onlyDependOnLibsWithTags: ['type:contract'] },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:contract', 'type:telemetry', 'type:platform'] },
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: ['type:contract', 'type:core', 'type:telemetry', 'type:adapter', 'type:platform'],
  },
  { sourceTag: 'type:generator', onlyDependOnLibsWithTags: ['type:contract', 'type:core', 'type:adapter'] },
  {
    // Tools share the desk rules, which are nobody's product code; apps are never imported, not even by tests.
    sourceTag: 'type:outer',
    onlyDependOnLibsWithTags: ['type:contract', 'type:core', 'type:adapter', 'type:platform', 'type:outer'],
  },
]

const coreWithoutNode = {
  patterns: [
    {
      group: ['node:*', '!node:crypto'],
      message: 'Core libs do no I/O: clocks, randomness, files and sockets come in through parameters.',
    },
  ],
}

export default tseslint.config(
  { ignores: ['**/node_modules/**', '**/.torghut/**', '**/coverage/**', 'argocd/**'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { enforceBuildableLibDependency: false, allow: [], depConstraints: boundaries }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['libs/{audit,gates,programs,optimizers,evaluation,rollout}/src/**/*.ts', 'libs/contracts/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { 'no-restricted-imports': ['error', coreWithoutNode] },
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
)
