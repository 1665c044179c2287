import { expect, test } from 'vitest'

import { exampleInputs } from '../testing/example-inputs.ts'
import { generateTree } from '../tree.ts'
import { validateObject } from './validate-object.ts'

const tree = generateTree(exampleInputs())

test.each(tree.map(({ path, object }) => ({ path, object })))(
  'validateObject() accepts $path',
  ({ object }) => {
    expect(() => validateObject(object)).not.toThrow()
  },
)

test.each([
  ['review-api-knative-service.yaml', ['spec', 'template', 'spec', 'containers', 0, 'env', 0, 'name'], 7],
  ['lifecycle-worker-deployment.yaml', ['spec', 'replicas'], 'two'],
  ['prometheusrule.yaml', ['spec', 'groups', 1, 'rules', 0, 'for'], '5 minutes'],
  ['compile-cronjob.yaml', ['spec', 'schedule'], 6],
  ['compile-implementationspec.yaml', ['spec', 'text'], ''],
  ['migrations-job.yaml', ['spec', 'template', 'spec', 'containers'], null],
  ['review-api-networkpolicy.yaml', ['spec', 'policyTypes'], 'Ingress'],
  ['dashboard-configmap.yaml', ['data'], { a: 1 }],
  ['kustomization.yaml', ['resources'], ['../x.yaml']],
])('validateObject() refuses a broken %s', (name, path, value) => {
  const file = tree.find((candidate) => candidate.path.endsWith(`/${name}`))!
  const object = structuredClone(file.object)
  const parent = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((at, step) => at[step] as never, object as never)
  parent[path.at(-1)!] = value
  expect(() => validateObject(object)).toThrow('does not fit its schema')
})

test('validateObject() refuses a kind it has no schema for', () => {
  expect(() => validateObject({ apiVersion: 'v1', kind: 'Pod' })).toThrow('there is no schema for v1 Pod')
})
