export { exampleSubmission } from './submission.ts'
export { fixturesFolder, readVectors } from './fixtures.ts'
export type { Vector } from './fixtures.ts'
