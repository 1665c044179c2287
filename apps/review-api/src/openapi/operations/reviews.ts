import { ListQuery } from '../../routes/reviews.ts'
import { queryParameters } from '../components.ts'
import { reviewExamples } from '../examples.ts'
import { KEYED, POSTED, STORED, UNREADABLE } from './operation.ts'
import type { Operation } from './operation.ts'

const reviewId = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The `review_id` of an answer.',
  schema: { $ref: '#/components/schemas/Uuid' },
}

const deadline = {
  name: 'X-Deadline-Ms',
  in: 'header',
  required: false,
  description: 'Milliseconds until the answer must be there: at least 50, capped by the server’s own budget.',
  schema: { type: 'integer', minimum: 50, maximum: 999_999_999 },
  example: 5000,
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Names this call; the decision’s id unless given. Same key and body: same answer, one model call.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' },
}

const serverTiming = {
  'Server-Timing': {
    description: 'How long making the record durable took, as `persist;dur=<ms>`; absent on a repeated answer.',
    schema: { type: 'string' },
  },
}

const listDescriptions = {
  symbol: 'Symbol of the decision.',
  verdict: 'The final verdict.',
  advice_verdict: 'What the program said.',
  fallback_cause: 'Why the fallback spoke.',
  artifact: 'Hash of the artifact that served.',
  arm: 'Side of the rollout.',
  from: 'Stored at or after this instant.',
  to: 'Stored before this instant.',
  limit: 'Reviews a page.',
  cursor: 'The `next_cursor` of the page before.',
}

/** Asking for reviews and reading them. */
export const reviewOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/reviews',
    operationId: 'postReview',
    tag: 'reviews',
    summary: 'Review a trade decision',
    description:
      'Answers within the deadline with a verdict whose record is durable, also when the program failed (then ' +
      '`fallback` says why). While the database is away the record waits in a local journal, and the receipt says ' +
      'so. 503 means that nothing could be recorded: treat it as a veto of new risk. After a ' +
      'timeout post the same body again; the key makes that safe.',
    scope: 'review',
    parameters: [deadline, idempotencyKey],
    body: { schema: 'ReviewSubmission', examples: reviewExamples },
    answers: { 200: { description: 'The review.', content: { schema: 'ReviewAnswer' }, headers: serverTiming } },
    problems: {
      ...KEYED,
      ...POSTED,
      400: [...UNREADABLE, 'invalid_deadline', 'invalid_idempotency_key'],
      409: ['key_reused', 'verdict_expired'],
      410: ['review_archived'],
      ...STORED,
    },
  },
  {
    method: 'get',
    path: '/v1/reviews',
    operationId: 'listReviews',
    tag: 'reviews',
    summary: 'List reviews, newest first',
    scope: 'read',
    parameters: queryParameters(ListQuery, listDescriptions),
    answers: { 200: { description: 'One page.', content: { schema: 'ReviewPage' } } },
    problems: { ...KEYED, 422: null, ...STORED },
  },
  {
    method: 'get',
    path: '/v1/reviews/{id}',
    operationId: 'getReview',
    tag: 'reviews',
    summary: 'Read one review',
    scope: 'read',
    parameters: [reviewId],
    answers: { 200: { description: 'The same bytes that were answered.', content: { schema: 'ReviewAnswer' } } },
    problems: { 400: ['invalid_url'], ...KEYED, 404: ['not_found'], 414: ['url_too_long'], ...STORED },
  },
]
