export { exampleGatePolicy, examplePolicyFile } from './gate-policy.ts'
export { exampleSubmission } from './submission.ts'
export { fixturesFolder, readVectors } from './fixtures.ts'
export type { Vector } from './fixtures.ts'
export {
  exampleApproval,
  exampleCompiledArtifact,
  exampleEvalReport,
  examplePromotion,
  examplePromotionParts,
} from './lifecycle.ts'
