export { createLogger } from './logger.ts'
export type { Logger } from './logger.ts'
export { ReviewMetrics } from './review-metrics.ts'
