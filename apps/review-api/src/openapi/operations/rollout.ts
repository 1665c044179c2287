import type { PersonMove } from '../../serving/rollout-desk.ts'
import { denialExamples, moveExamples, startExamples } from '../examples-rollout.ts'
import { KEYED, POSTED, STORED, UNREADABLE } from './operation.ts'
import type { Operation } from './operation.ts'

const status = { 200: { description: 'The rollout as it stands.', content: { schema: 'RolloutStatus' } } } as const

/** Giving another artifact a share of the decisions, and taking it back. */
export const rolloutOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/rollout',
    operationId: 'getRollout',
    tag: 'rollout',
    summary: 'Show the newest rollout and how it came to where it stands',
    scope: 'read',
    answers: status,
    problems: { ...KEYED, ...STORED },
  },
  {
    method: 'post',
    path: '/v1/rollout/start',
    operationId: 'startRollout',
    tag: 'rollout',
    summary: 'Begin to roll a candidate out beside the pinned artifact',
    description:
      'The rollout begins in shadow, without traffic; each advance widens it by one step. A decision keeps its side ' +
      'while the rollout widens. The candidate has to be one that may serve here.',
    scope: 'operate',
    body: { schema: 'RolloutStart', examples: startExamples },
    answers: status,
    problems: { ...KEYED, ...POSTED, 409: ['illegal_transition', 'artifact_denylisted'], ...STORED },
  },
  move('pause', 'Keep the share as it is', 'While paused the rollout keeps its share and cannot advance.'),
  move('resume', 'Let a paused rollout go on', 'The share stays as it is until somebody advances it.'),
  move('advance', 'Widen the rollout by one step', 'Steps: shadow, then 10, 25, 50, 75 and 100 percent of the decisions.'),
  move('abort', 'End the rollout without blame', 'The pinned artifact serves everything again. The candidate may be rolled out anew.'),
  move('rollback', 'End the rollout and deny its candidate', 'The pinned artifact serves everything again. The candidate is denied until a person clears it.'),
  {
    method: 'get',
    path: '/v1/denylist',
    operationId: 'getDenylist',
    tag: 'rollout',
    summary: 'List the artifacts that were ever denied, newest first',
    scope: 'read',
    answers: { 200: { description: 'Every denial, cleared ones included.', content: { schema: 'DenylistPage' } } },
    problems: { ...KEYED, ...STORED },
  },
  {
    method: 'put',
    path: '/v1/denylist/{hash}',
    operationId: 'putDenial',
    tag: 'rollout',
    summary: 'Deny an artifact, or clear its denial',
    description: 'A denied artifact is not served by any replica after two seconds, also where it is pinned.',
    scope: 'operate',
    parameters: [
      {
        name: 'hash',
        in: 'path',
        required: true,
        schema: { $ref: '#/components/schemas/Sha256' },
        example: '5'.repeat(64),
      },
    ],
    body: { schema: 'DenialChange', examples: denialExamples },
    answers: { 200: { description: 'The denylist as it stands now.', content: { schema: 'DenylistPage' } } },
    problems: { ...KEYED, ...POSTED, 400: [...UNREADABLE, 'invalid_url'], 414: ['url_too_long'], ...STORED },
  },
]

function move(name: PersonMove, summary: string, description: string): Operation {
  return {
    method: 'post',
    path: `/v1/rollout/${name}`,
    operationId: `${name}Rollout`,
    tag: 'rollout',
    summary,
    description: `${description} In force in every replica within two seconds.`,
    scope: 'operate',
    body: { schema: 'RolloutChange', examples: moveExamples[name] },
    answers: status,
    problems: { ...KEYED, ...POSTED, 409: ['illegal_transition'], ...STORED },
  }
}
