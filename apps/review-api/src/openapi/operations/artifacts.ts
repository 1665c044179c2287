import { ArtifactQuery } from '../../routes/artifacts.ts'
import { queryParameters } from '../components.ts'
import { artifactExamples } from '../examples-rollout.ts'
import { KEYED, POSTED, STORED } from './operation.ts'
import type { Operation } from './operation.ts'

const artifactHash = {
  name: 'hash',
  in: 'path',
  required: true,
  description: 'The SHA-256 of the artifact’s canonical JSON.',
  schema: { $ref: '#/components/schemas/Sha256' },
}

/** Reading programs, and putting new ones where a rollout can find them. */
export const artifactOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/artifacts',
    operationId: 'listArtifacts',
    tag: 'rollout',
    summary: 'List artifacts, newest first',
    scope: 'read',
    parameters: queryParameters(ArtifactQuery, {
      limit: 'Artifacts a page.',
      cursor: 'The `next_cursor` of the page before.',
    }),
    answers: { 200: { description: 'One page.', content: { schema: 'ArtifactPage' } } },
    problems: { ...KEYED, 422: null, ...STORED },
  },
  {
    method: 'get',
    path: '/v1/artifacts/{hash}',
    operationId: 'getArtifact',
    tag: 'rollout',
    summary: 'Read one artifact and whether it may serve here',
    scope: 'read',
    parameters: [artifactHash],
    answers: { 200: { description: 'The artifact.', content: { schema: 'ArtifactView' } } },
    problems: { 400: ['invalid_url'], ...KEYED, 404: ['not_found'], 414: ['url_too_long'], ...STORED },
  },
  {
    method: 'post',
    path: '/v1/artifacts',
    operationId: 'postArtifact',
    tag: 'rollout',
    summary: 'Store an artifact',
    description:
      'Stores the canonical JSON of a program that this server could run. Storing serves nothing: a pin, or a rollout ' +
      'beside it, does. Posting it again changes nothing.',
    scope: 'lifecycle',
    body: { schema: 'ArtifactUpload', examples: artifactExamples },
    answers: { 200: { description: 'Its hash.', content: { schema: 'SavedArtifact' } } },
    problems: { ...KEYED, ...POSTED, ...STORED },
  },
  {
    method: 'get',
    path: '/v1/reviews/{id}/prompts',
    operationId: 'getReviewPrompts',
    tag: 'reviews',
    summary: 'Show what the model was sent for a review',
    description:
      'Renders the messages of every node anew: from the stored request, the answers its nodes gave then, and the ' +
      'artifact that served, or another. `was_sent` proves by hash that a call sent these very messages.',
    scope: 'read',
    parameters: [
      {
        name: 'id',
        in: 'path',
        required: true,
        description: 'The `review_id` of an answer, or the id of its decision.',
        schema: { $ref: '#/components/schemas/Uuid' },
      },
      {
        name: 'artifact',
        in: 'query',
        required: false,
        description: 'Another artifact: what it would have sent.',
        schema: { $ref: '#/components/schemas/Sha256' },
      },
    ],
    answers: { 200: { description: 'The messages, node by node.', content: { schema: 'ReviewPrompts' } } },
    problems: {
      400: ['invalid_url'],
      ...KEYED,
      404: ['not_found', 'artifact_not_found'],
      409: ['artifact_not_renderable'],
      414: ['url_too_long'],
      422: null,
      ...STORED,
    },
  },
]
