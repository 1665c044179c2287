import { artifactOperations } from './operations/artifacts.ts'
import { controlOperations } from './operations/controls.ts'
import type { Operation } from './operations/operation.ts'
import { processOperations } from './operations/process.ts'
import { resultOperations } from './operations/results.ts'
import { reviewOperations } from './operations/reviews.ts'
import { rolloutOperations } from './operations/rollout.ts'

/** Every call of the API, in the order the document lists them. */
export const operations: readonly Operation[] = [
  ...reviewOperations,
  ...resultOperations,
  ...controlOperations,
  ...artifactOperations,
  ...rolloutOperations,
  ...processOperations,
]
