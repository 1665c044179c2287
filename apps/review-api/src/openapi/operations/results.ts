import { feedbackExamples, outcomeExamples } from '../examples.ts'
import { KEYED, POSTED, STORED } from './operation.ts'
import type { Operation } from './operation.ts'

/** Telling what became of decisions. */
export const resultOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/outcomes',
    operationId: 'postOutcomes',
    tag: 'results',
    summary: 'Store results of decisions',
    description: 'Each result is judged by itself: a refused one does not hold up the others, a repeated one changes nothing.',
    scope: 'review',
    body: { schema: 'TradeResultBatch', examples: outcomeExamples },
    answers: { 200: { description: 'What became of each result.', content: { schema: 'BatchAnswer' } } },
    problems: { ...KEYED, ...POSTED, ...STORED },
  },
  {
    method: 'post',
    path: '/v1/feedback',
    operationId: 'postFeedback',
    tag: 'results',
    summary: 'Store what people and desk rules say of decisions',
    description: 'Each label is judged by itself, like results.',
    scope: 'review',
    body: { schema: 'FeedbackBatch', examples: feedbackExamples },
    answers: { 200: { description: 'What became of each label.', content: { schema: 'BatchAnswer' } } },
    problems: { ...KEYED, ...POSTED, ...STORED },
  },
]
