import { expect, test } from 'vitest'

import { convergeTexts } from './converge.ts'
import type { ManifestText } from './manifest.ts'
import { pinsOf, service } from './testing/service.ts'

const FROM_MAP = service('', { after: '' }).replace(
  / +env:\n/,
  '          image: x\n          envFrom:\n            - configMapRef: {name: pins}\n',
)

const configMap = (lines: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: pins, namespace: torghut}\n${lines}`
const kustomization = (lines: string) =>
  `kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\n${lines}`

function converge(
  texts: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | null>>,
  context: string[] = [],
) {
  const files: ManifestText[] = Object.entries(texts).map(([path, text]) => {
    return { path: `app/${path}`, text, isContext: context.includes(path) }
  })
  const { files: converged, warnings } = convergeTexts(files, pinsOf(env), { removeDeprecated: false })
  const after = Object.fromEntries(converged.map((file) => [file.path.slice(4), file.after]))
  return { after, warnings: warnings.map(({ path, line, text }) => `${path}:${line}: ${text}`), converged }
}

test('convergeTexts() corrects a name in the ConfigMap it comes from, and removes one there', () => {
  const data = 'data:\n  # the model\n  LLM_MODEL: old # here\n  # off\n  LLM_ENABLED: "false"\n  OTHER: x\n'
  const { after, converged } = converge(
    { 's.yaml': FROM_MAP, 'c.yaml': configMap(data) },
    { LLM_MODEL: 'new', LLM_ENABLED: null },
  )
  expect(after).toEqual({
    's.yaml': FROM_MAP,
    'c.yaml': configMap('data:\n  # the model\n  LLM_MODEL: new # here\n  OTHER: x\n'),
  })
  expect(converged[1]!.changes.map(({ name, line }) => [name, line])).toEqual([
    ['LLM_MODEL', 6],
    ['LLM_ENABLED', 8],
  ])
})

test('convergeTexts() leaves a ConfigMap alone that an entry of the list wins over', () => {
  const text = `${FROM_MAP}          env:\n            - name: LLM_MODEL\n              value: old\n`
  const map = configMap('data: {LLM_MODEL: old}\n')
  expect(converge({ 's.yaml': text, 'c.yaml': map }, { LLM_MODEL: 'new' }).after).toEqual({
    's.yaml': text.replace('value: old', 'value: new'),
    'c.yaml': map,
  })
})

test('convergeTexts() understands the prefix of a source', () => {
  const text = FROM_MAP.replace('{name: pins}', '{name: pins}\n              prefix: LLM_')
  const { after } = converge(
    { 's.yaml': text, 'c.yaml': configMap('data:\n  MODEL: old\n') },
    { LLM_MODEL: 'new' },
  )
  expect(after['c.yaml']).toBe(configMap('data:\n  MODEL: new\n'))
  expect(after['s.yaml']).toBe(text)
})

test('convergeTexts() edits one ConfigMap once for two containers', () => {
  const two = `${FROM_MAP}---\n${FROM_MAP.replace('name: torghut\n', 'name: torghut-sim\n')}`
  const map = configMap('data:\n  LLM_MODEL: old\n  A: b\n')
  const pins = pinsOf({ LLM_MODEL: 'new' })
  const [target] = pins.targets
  const both = { ...pins, targets: [target!, { ...target!, name: 'torghut-sim' }] }
  const texts = [
    { path: 's.yaml', text: two },
    { path: 'c.yaml', text: map },
  ]
  const { files } = convergeTexts(texts, both, { removeDeprecated: false })
  expect(files.map(({ after }) => after)).toEqual([two, map.replace('old', 'new')])
})

test('convergeTexts() refuses an immutable ConfigMap, and one that nobody gave it to edit', () => {
  const data = 'data:\n  LLM_MODEL: old\n'
  const fixed = { 's.yaml': FROM_MAP, 'c.yaml': configMap(`immutable: true\n${data}`) }
  expect(() => converge(fixed, { LLM_MODEL: 'new' })).toThrow(
    'app/c.yaml:4: Cannot edit ConfigMap "pins": it is immutable',
  )
  const beside = { 's.yaml': FROM_MAP, 'c.yaml': configMap(data) }
  expect(() => converge(beside, { LLM_MODEL: 'new' }, ['c.yaml'])).toThrow(
    'app/c.yaml:5: Cannot converge LLM_MODEL: this file sets it too; name it as well',
  )
  expect(converge(beside, { LLM_MODEL: 'old' }, ['c.yaml']).after).toEqual({ 's.yaml': FROM_MAP })
})

test('convergeTexts() says which source it could not look at', () => {
  const { after, warnings } = converge(
    { 's.yaml': FROM_MAP.replace('configMapRef', 'secretRef') },
    { LLM_ENABLED: null },
  )
  expect(after['s.yaml']).toContain('secretRef')
  expect(warnings).toEqual([
    expect.stringMatching(/^app\/s\.yaml:13: what envFrom "pins" sets is in none of the files/),
  ])
})

test('convergeTexts() edits the literals of a generated ConfigMap, in their own quoting', () => {
  const lines = (literals: string) =>
    kustomization(`configMapGenerator:\n  - name: pins\n    literals:\n${literals}`)
  const before = lines(
    '      - A=b\n      - LLM_MODEL=old # here\n      - "LLM_DSPY_PROGRAM_NAME=old"\n      - LLM_ENABLED=true\n',
  )
  const pins = { LLM_MODEL: 'new', LLM_DSPY_PROGRAM_NAME: 'p: q', LLM_ENABLED: null }
  const { after } = converge({ 's.yaml': FROM_MAP, 'kustomization.yaml': before }, pins)
  expect(after['kustomization.yaml']).toBe(
    lines('      - A=b\n      - LLM_MODEL=new # here\n      - "LLM_DSPY_PROGRAM_NAME=p: q"\n'),
  )
  expect(after['s.yaml']).toBe(FROM_MAP)
})

const BASE = service('- name: LLM_MODEL\n  value: old\n', { namespace: '' })
const PATCH = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: torghut}
spec:
  template:
    spec:
      containers:
        - name: user-container
          env:
            - name: LLM_MODEL
              value: patched
`

test('convergeTexts() edits base and patch, finds the namespace, and adds to the base alone', () => {
  const files = {
    'base.yaml': BASE,
    'patch.yaml': PATCH,
    'kustomization.yaml': kustomization(
      'namespace: torghut\nresources: [base.yaml]\npatches:\n  - path: patch.yaml\n',
    ),
  }
  const { after } = converge(files, { LLM_MODEL: 'new', LLM_DSPY_PROGRAM_NAME: 'p' })
  expect(after).toEqual({
    ...files,
    'base.yaml': BASE.replace(
      'value: old\n',
      'value: new\n            - name: LLM_DSPY_PROGRAM_NAME\n              value: p\n',
    ),
    'patch.yaml': PATCH.replace('patched', 'new'),
  })
})

test('convergeTexts() refuses a patch that would win and was not named', () => {
  const kustomize = kustomization(
    'namespace: torghut\nresources: [base.yaml]\npatchesStrategicMerge: [patch.yaml]\n',
  )
  const files = { 'base.yaml': BASE, 'patch.yaml': PATCH, 'kustomization.yaml': kustomize }
  expect(() => converge(files, { LLM_MODEL: 'new' }, ['patch.yaml', 'kustomization.yaml'])).toThrow(
    'app/patch.yaml:10: Cannot converge LLM_MODEL',
  )
})

test.each([
  ['a patch written inside', `  - patch: |-\n${PATCH.replace(/^(?=.)/gm, '      ')}`],
  [
    'operations by number',
    '  - target: {kind: Service, name: torghut}\n    patch: |-\n' +
      '      - {op: remove, path: /spec/template/spec/containers/0/env/3}\n',
  ],
  [
    'an operation with a name',
    '  - target: {kind: Service}\n    patch: |-\n      - op: add\n        path: /spec/template/spec/containers/0/env/-\n' +
      '        value: {name: LLM_MODEL, value: x}\n',
  ],
])('convergeTexts() refuses a kustomization with %s that sets a pinned name', (_what, patches) => {
  const kustomize = kustomization(`namespace: torghut\nresources: [base.yaml]\npatches:\n${patches}`)
  const texts = { 'base.yaml': BASE, 'kustomization.yaml': kustomize }
  expect(() => converge(texts, { LLM_MODEL: 'new' })).toThrow(
    /^app\/kustomization\.yaml:\d+: Cannot converge .* would win$/,
  )
  const other = kustomize
    .replaceAll('torghut', 'elsewhere')
    .replace('kind: Service', 'kind: Deployment')
    .replace('namespace: elsewhere', 'namespace: torghut')
  expect(
    converge({ ...texts, 'kustomization.yaml': other }, { LLM_MODEL: 'new' }).after['base.yaml'],
  ).toContain('value: new')
})
