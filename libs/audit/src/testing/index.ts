export { sampleReview, sampleRow, sampleRows } from './sample-rows.ts'
export type { SampleChain, SampleReview } from './sample-rows.ts'
export { newKeyPem, signCheckpoint } from './sign-checkpoint.ts'
export type { SigningTurn } from './sign-checkpoint.ts'
