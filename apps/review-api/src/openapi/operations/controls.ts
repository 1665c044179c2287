import { ControlQuery } from '../../routes/controls.ts'
import { queryParameters } from '../components.ts'
import { controlExamples } from '../examples.ts'
import { KEYED, POSTED, STORED, UNREADABLE } from './operation.ts'
import type { Operation } from './operation.ts'

const controlName = {
  name: 'name',
  in: 'path',
  required: true,
  schema: { $ref: '#/components/schemas/ControlName' },
  example: 'halt_new_risk',
}

/** Reading and turning the hard switches. */
export const controlOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/controls',
    operationId: 'listControls',
    tag: 'controls',
    summary: 'List the hard switches that were ever turned',
    scope: 'read',
    parameters: queryParameters(ControlQuery, {
      limit: 'Switches a page.',
      cursor: 'The `next_cursor` of the page before.',
    }),
    answers: { 200: { description: 'One page.', content: { schema: 'ControlPage' } } },
    problems: { ...KEYED, 422: null, ...STORED },
  },
  {
    method: 'put',
    path: '/v1/controls/{name}',
    operationId: 'putControl',
    tag: 'controls',
    summary: 'Turn a hard switch',
    description:
      'Name and scope together are one switch. The change is audited with its caller and in force in every ' +
      'replica within two seconds. While new risk is halted, verdicts that allowed it are answered with 409 `verdict_expired`. ' +
      'Proved exits pass whatever is on. `pause_promotions` and `force_defensive_router` are kept and shown; nothing here obeys them yet.',
    scope: 'operate',
    parameters: [controlName],
    body: { schema: 'ControlChange', examples: controlExamples },
    answers: { 200: { description: 'The switch as it stands now.', content: { schema: 'RuntimeControl' } } },
    problems: {
      ...KEYED,
      ...POSTED,
      400: [...UNREADABLE, 'invalid_url'],
      404: ['unknown_control'],
      409: ['too_many_controls'],
      414: ['url_too_long'],
      ...STORED,
    },
  },
]
