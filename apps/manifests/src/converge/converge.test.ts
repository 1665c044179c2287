import { expect, test } from 'vitest'

import { convergeTexts } from './converge.ts'
import { pinsOf, service, TARGET } from './testing/service.ts'

type Env = Readonly<Record<string, string | null>>

function converge(text: string, env: Env, removeDeprecated = false): string {
  return convergeTexts([{ path: 'm.yaml', text }], pinsOf(env), { removeDeprecated }).files[0]!.after
}

function convergeEnv(before: string, env: Env): string {
  const after = converge(service(before), env)
  expect(after.startsWith(service(''))).toBe(true)
  return after.slice(service('').length).replace(/^ {12}/gm, '')
}

const HASH = 'a'.repeat(64)
const DIGITS = '1'.repeat(64)
const entry = (name: string, value: string) => `- name: ${name}\n  value: ${value}\n`

test.each([
  [
    'a bare hash',
    entry('LLM_DSPY_ARTIFACT_HASH', 'b'.repeat(64)),
    HASH,
    entry('LLM_DSPY_ARTIFACT_HASH', HASH),
  ],
  [
    'a hash of digits',
    entry('LLM_DSPY_ARTIFACT_HASH', HASH),
    DIGITS,
    entry('LLM_DSPY_ARTIFACT_HASH', `"${DIGITS}"`),
  ],
  [
    'digits read as a float',
    entry('LLM_DSPY_ARTIFACT_HASH', DIGITS),
    DIGITS,
    entry('LLM_DSPY_ARTIFACT_HASH', `"${DIGITS}"`),
  ],
  [
    'single quotes',
    entry('LLM_DSPY_ARTIFACT_HASH', "''"),
    HASH,
    entry('LLM_DSPY_ARTIFACT_HASH', `'${HASH}'`),
  ],
])('convergeTexts() writes %s as a string', (_what, before, value, after) => {
  expect(convergeEnv(before, { LLM_DSPY_ARTIFACT_HASH: value })).toBe(after)
})

test('convergeTexts() leaves a right value alone, also where another program would quote it', () => {
  const before = entry('LLM_DSPY_TIMEOUT_SECONDS', "'8'") + entry('LLM_MODEL', '>-\n    gpt-6')
  expect(convergeEnv(before, { LLM_DSPY_TIMEOUT_SECONDS: '8', LLM_MODEL: 'gpt-6' })).toBe(before)
})

test('convergeTexts() inserts beside the nearest name of the contract, whatever the order of the pins', () => {
  const before = entry('APP', 'a') + entry('LLM_MODEL', 'm') + '# about z\n' + entry('Z', 'z')
  const pins = { LLM_DSPY_TIMEOUT_SECONDS: '8', LLM_DSPY_PROGRAM_NAME: 'p', JANGAR_BASE_URL: 'http://j' }
  const after =
    `${entry('APP', 'a')}${entry('JANGAR_BASE_URL', 'http://j')}${entry('LLM_MODEL', 'm')}` +
    `${entry('LLM_DSPY_PROGRAM_NAME', 'p')}${entry('LLM_DSPY_TIMEOUT_SECONDS', '"8"')}# about z\n${entry('Z', 'z')}`
  expect(convergeEnv(before, pins)).toBe(after)
  expect(convergeEnv(before, Object.fromEntries(Object.entries(pins).toReversed()))).toBe(after)
})

test('convergeTexts() inserts behind the comments that belong to the entry before', () => {
  const before = `${entry('LLM_MODEL', 'm')}  # of the model\n# of z\n${entry('Z', 'z')}`
  const added = `  # of the model\n${entry('LLM_DSPY_PROGRAM_NAME', 'p')}`
  expect(convergeEnv(before, { LLM_DSPY_PROGRAM_NAME: 'p' })).toBe(
    before.replace('  # of the model\n', added),
  )
})

test('convergeTexts() inserts before the first use and behind what the value uses', () => {
  const before =
    entry('HOST', 'h') +
    entry('URL', 'http://$(LLM_MODEL)/$$(LLM_MODEL)') +
    entry('LLM_DSPY_PROGRAM_NAME', 'p')
  expect(convergeEnv(before, { LLM_MODEL: '$(HOST)-m' })).toBe(
    before.replace('- name: URL', `${entry('LLM_MODEL', '$(HOST)-m')}- name: URL`),
  )
  const far = entry('LLM_DSPY_PROGRAM_NAME', 'p') + entry('HOST', 'h')
  expect(convergeEnv(far, { LLM_MODEL: '$(HOST)' })).toBe(far + entry('LLM_MODEL', '$(HOST)'))
  const late = entry('URL', '$(LLM_MODEL)') + entry('HOST', 'h')
  expect(() => convergeEnv(late, { LLM_MODEL: '$(HOST)' })).toThrow('m.yaml:12: Cannot find a place')
})

test.each([
  [
    'no env',
    '          image: x\n',
    '          image: x\n          env:\n            - name: LLM_MODEL\n              value: m\n',
  ],
  [
    'an empty env',
    '          env: # none\n',
    '          env: # none\n            - name: LLM_MODEL\n              value: m\n',
  ],
  ['env: []', '          env: []\n', '          env: [{name: LLM_MODEL, value: m}]\n'],
])('convergeTexts() adds to a container with %s', (_what, before, after) => {
  const start = service('').replace(/ +env:\n$/, '')
  expect(converge(start + before, { LLM_MODEL: 'm' })).toBe(start + after)
})

test('convergeTexts() takes an entry with its own comments and leaves every other comment', () => {
  const before =
    entry('A', 'a').trimEnd() +
    ' # of a\n  # of a too\n# of it\n' +
    '- name: LLM_ENABLED # off\n  # between\n  value: "false"\n  # of it too\n# of b\n' +
    entry('B', 'b')
  expect(convergeEnv(before, { LLM_ENABLED: null })).toBe(
    '- name: A\n  value: a # of a\n  # of a too\n# of b\n' + entry('B', 'b'),
  )
})

test('convergeTexts() says what goes along and what the running image does then', () => {
  const text = service(
    `# why\n${entry('LLM_ENABLED', '"false"')}${entry('LLM_DSPY_RUNTIME_MODE', 'disabled')}`,
  )
  const { files } = convergeTexts([{ path: 'm.yaml', text }], pinsOf({ LLM_MODEL: 'm' }), {
    removeDeprecated: true,
  })
  const notes = Object.fromEntries(files[0]!.changes.map(({ name, notes }) => [name, notes]))
  expect(notes['LLM_ENABLED']).toEqual([
    'an image that still reads LLM_ENABLED will use its default "true": the reviewer is switched on',
    'the comment about it goes too: # why',
  ])
  expect(notes['LLM_DSPY_RUNTIME_MODE']).toEqual([
    'an image that still reads LLM_DSPY_RUNTIME_MODE goes on as before: "disabled" is its default',
  ])
})

test('convergeTexts() leaves a deprecated name nobody asked to remove, and says so', () => {
  const text = service(entry('LLM_MODEL', 'm') + entry('LLM_PROVIDER', 'jangar'))
  const { files, warnings } = convergeTexts([{ path: 'm.yaml', text }], pinsOf({ LLM_MODEL: 'm' }), {
    removeDeprecated: false,
  })
  expect(files[0]!.after).toBe(text)
  expect(warnings).toEqual([
    { path: 'm.yaml', line: 14, text: expect.stringContaining('LLM_PROVIDER is deprecated') },
  ])
})

test('convergeTexts() empties a list, and fills it again', () => {
  const before = service(entry('LLM_ENABLED', '"true"'))
  const empty = before.replace(/env:\n[^]*$/, 'env: []\n')
  expect(converge(before, { LLM_ENABLED: null })).toBe(empty)
  expect(converge(empty, { LLM_ENABLED: null })).toBe(empty)
})

test('convergeTexts() brings along what must agree with the model', () => {
  const before =
    entry('LLM_MODEL', 'old') +
    entry('LLM_ALLOWED_MODELS', 'first, old,last') +
    entry('LLM_MODEL_VERSION_LOCK', '"old@3"')
  expect(convergeEnv(before, { LLM_MODEL: 'new' })).toBe(
    entry('LLM_MODEL', 'new') +
      entry('LLM_ALLOWED_MODELS', 'first, new,last') +
      entry('LLM_MODEL_VERSION_LOCK', '"new@3"'),
  )
  const unlisted = entry('LLM_MODEL', 'new') + entry('LLM_ALLOWED_MODELS', 'first')
  expect(convergeEnv(unlisted, { LLM_MODEL: 'new' })).toBe(
    entry('LLM_MODEL', 'new') + entry('LLM_ALLOWED_MODELS', 'first,new'),
  )
  const unset = entry('LLM_MODEL', 'new') + entry('LLM_ALLOWED_MODELS', '""')
  expect(convergeEnv(unset, { LLM_MODEL: 'new' })).toBe(unset)
})

test('convergeTexts() lets an alias follow its anchor only where both are pinned to the same', () => {
  const before = entry('LLM_MODEL', '&m old') + entry('LLM_MODEL_VERSION_LOCK', '*m')
  expect(convergeEnv(before, { LLM_MODEL: 'new' })).toBe(before.replace('old', 'new'))
  const shared = entry('LLM_MODEL', '&m old') + entry('OTHER', '*m')
  expect(() => convergeEnv(shared, { LLM_MODEL: 'new' })).toThrow(
    'm.yaml:13: Cannot pin LLM_MODEL: line 15 repeats its value',
  )
})

test.each([
  ['a value from elsewhere', '- name: LLM_MODEL\n  valueFrom: {secretKeyRef: {name: s, key: k}}\n', 13],
  ['a name that is there twice', entry('LLM_MODEL', 'a') + entry('LLM_MODEL', 'a'), 12],
  ['an alias', entry('OTHER', '&m old') + entry('LLM_MODEL', '*m'), 15],
  ['an alias of an entry', '- &e\n  name: LLM_MODEL\n  value: m\n- *e\n', 15],
  ['a merged entry', '- &e {name: X, value: m}\n- <<: *e\n  name: LLM_MODEL\n', 13],
  ['a list for a value', entry('LLM_MODEL', '[a]'), 13],
  ['a tag of another type', entry('LLM_MODEL', '!!int 5'), 13],
  ['a custom tag', entry('LLM_MODEL', '!vault x'), 13],
  ['a block that states its indentation', entry('LLM_MODEL', '|2-\n    x'), 13],
  ['a removed name that is used', entry('OTHER', '$(LLM_ENABLED)') + entry('LLM_ENABLED', 'x'), 12],
  ['a patch directive', '- name: LLM_MODEL\n  $patch: delete\n', 13],
])('convergeTexts() refuses %s with its line', (_what, env, line) => {
  expect(() => convergeEnv(env, { LLM_MODEL: 'new', LLM_ENABLED: null })).toThrow(`m.yaml:${line}: Cannot`)
})

test.each([
  [
    'an env that is an alias',
    service('')
      .replace('env:', 'env: *e')
      .replace('spec:\n  t', 'x: &e [{name: LLM_MODEL, value: o}]\nspec:\n  t'),
  ],
  [
    'a container merged from another',
    service(entry('LLM_MODEL', 'o')).replace('- name: user', '- <<: {a: b}\n          name: user'),
  ],
  ['an env that is a map', service('').replace('env:', 'env: {LLM_MODEL: o}')],
  [
    'an anchored container that an alias repeats',
    service(entry('LLM_MODEL', 'o')).replace('- name: user', '- &c\n          name: user') +
      '      initContainers: [*c]\n',
  ],
  ['two containers of the name', service(entry('LLM_MODEL', 'o')) + '        - name: user-container\n'],
  ['two documents of the object', `${service(entry('A', 'o'))}---\n${service(entry('A', 'o'))}`],
  ['a tab', service('\t- name: LLM_MODEL\n')],
  ['a key that is there twice', service('- name: LLM_MODEL\n  value: a\n  value: b\n')],
  ['no such container', service('').replace('user-container', 'other')],
  ['a container without a name', service('').replace('name: user-container', 'image: x')],
  ['only an init container of the name', service(entry('A', 'b')).replace('containers:', 'initContainers:')],
])('convergeTexts() refuses %s', (_what, text) => {
  expect(() => converge(text, { LLM_MODEL: 'new' })).toThrow(/^m\.yaml:\d+: Cannot/)
})

test('convergeTexts() touches the named container alone, wherever the name stands elsewhere', () => {
  const other = { group: '', kind: 'Service', namespace: 'torghut', name: 'torghut' }
  const core = service(entry('LLM_MODEL', 'o')).replace('serving.knative.dev/v1', 'v1')
  const elsewhere = service(entry('LLM_MODEL', 'o'), { namespace: 'elsewhere' })
  const own = service(entry('LLM_MODEL', 'o'), {
    after: `        - name: side\n          env:\n          - name: LLM_MODEL\n            value: o\n`,
  })
  const text = [core, elsewhere, own].join('---\n')
  const after = [core, elsewhere, own.replace('value: o', 'value: m')].join('---\n')
  expect(converge(text, { LLM_MODEL: 'm' })).toBe(after)
  expect(other.group).not.toBe(TARGET.group)
})

test.each([
  ['Deployment', 'apps', 'spec:\n  template:\n    spec:\n      containers:\n'],
  [
    'CronJob',
    'batch',
    'spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n',
  ],
  ['Pod', '', 'spec:\n  containers:\n'],
])('convergeTexts() finds the containers of a %s', (kind, group, pod) => {
  const version = group === '' ? 'v1' : `${group}/v1`
  const body = (value: string) =>
    `{apiVersion: v1, kind: List, items: []}\n---\napiVersion: ${version}\nkind: ${kind}\n` +
    `metadata: {name: w, namespace: n}\n` +
    `${pod}          - name: c\n            env: [{name: LLM_MODEL, value: ${value}}]\n`
  const pins = {
    ...pinsOf({ LLM_MODEL: 'm' }),
    targets: [{ group, kind, namespace: 'n', name: 'w', container: 'c' }],
  }
  const { files } = convergeTexts([{ path: 'm.yaml', text: body('o') }], pins, { removeDeprecated: false })
  expect(files[0]!.after).toBe(body('m'))
})

test('convergeTexts() finds an object among the items of a List', () => {
  const text = `apiVersion: v1\nkind: List\nitems:\n${service(entry('LLM_MODEL', 'o'))
    .replace(/^(?=.)/gm, '    ')
    .replace('    api', '  - api')}`
  expect(converge(text, { LLM_MODEL: 'm' })).toBe(text.replace('value: o', 'value: m'))
})

test('convergeTexts() says which target no file has, and refuses when none has any', () => {
  const sim = { ...TARGET, name: 'torghut-sim' }
  const text = service(entry('LLM_MODEL', 'm'))
  const pins = pinsOf({ LLM_MODEL: 'm' }, sim)
  const { warnings } = convergeTexts([{ path: 'm.yaml', text }], pins, { removeDeprecated: false })
  expect(warnings).toEqual([
    {
      path: 'm.yaml',
      line: 1,
      text: 'no file named here has serving.knative.dev Service torghut/torghut-sim',
    },
  ])
  expect(() => converge('a: b\n', { LLM_MODEL: 'm' })).toThrow(
    'm.yaml:1: Cannot find serving.knative.dev Service torghut/torghut',
  )
})

test('convergeTexts() reads a row of a thousand like any other, and finds a name that is there twice', () => {
  const row = Array.from({ length: 1_000 }, (_, index) => entry(`N_${index}`, `"${index}"`))
  const before = [...row.slice(0, 500), entry('LLM_MODEL', 'o'), ...row.slice(500)].join('')
  expect(convergeEnv(before, { LLM_MODEL: 'm' })).toBe(before.replace('value: o', 'value: m'))
  const text = service(before + entry('N_7', '"7"'))
  const { warnings } = convergeTexts([{ path: 'm.yaml', text }], pinsOf({ LLM_MODEL: 'm' }), {
    removeDeprecated: false,
  })
  expect(warnings).toEqual([
    { path: 'm.yaml', line: 2_014, text: 'N_7 is on line 26 too, and only one of them counts' },
  ])
})

test('convergeTexts() keeps JSON JSON', () => {
  const list = (env: string) =>
    `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "w", "namespace": "n"},\n` +
    ` "spec": {"template": {"spec": {"containers": [{"name": "c", "env": [${env}]}]}}}}\n`
  const target = { group: 'apps', kind: 'Deployment', namespace: 'n', name: 'w', container: 'c' }
  const pins = {
    ...pinsOf({ JANGAR_BASE_URL: 'http://j', LLM_MODEL: 'm', LLM_DSPY_PROGRAM_NAME: 'p' }),
    targets: [target],
  }
  const converged = (env: string) =>
    convergeTexts([{ path: 'm.json', text: list(env) }], pins, { removeDeprecated: false }).files[0]!.after
  const after = [
    '{"name": "JANGAR_BASE_URL", "value": "http://j"}',
    '{"name": "LLM_MODEL", "value": "m"}',
    '{"name": "LLM_DSPY_PROGRAM_NAME", "value": "p"}',
  ]
  expect(converged('{"name": "JANGAR_BASE_URL"}, {"name": "LLM_MODEL", "value": true}')).toBe(
    list(after.join(', ')),
  )
  expect(converged('')).toBe(list(after.join(', ')))
})

test('convergeTexts() never repeats what a removed secret was', () => {
  const text = service(entry('LLM_SELF_HOSTED_API_KEY', 'hush') + entry('A', 'a'))
  const { files } = convergeTexts([{ path: 'm.yaml', text }], pinsOf({ LLM_SELF_HOSTED_API_KEY: null }), {
    removeDeprecated: false,
  })
  expect(files[0]!.changes[0]).toMatchObject({ action: 'remove', from: '(a secret)' })
})
