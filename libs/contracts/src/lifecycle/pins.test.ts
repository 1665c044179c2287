import { expect, test } from 'vitest'

import { PinsFile } from './pins.ts'

const TARGET = {
  group: 'serving.knative.dev',
  kind: 'Service',
  namespace: 'torghut',
  name: 'torghut',
  container: 'user-container',
}
const PINS = { targets: [TARGET], env: { LLM_DSPY_ARTIFACT_HASH: 'a'.repeat(64), LLM_ENABLED: null } }

function pathsOf(pins: unknown): string[] {
  const parsed = PinsFile.safeParse(pins)
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))
}

test('PinsFile accepts values and absent names for one or more containers', () => {
  expect(pathsOf(PINS)).toEqual([])
  expect(pathsOf({ ...PINS, targets: [TARGET, { ...TARGET, group: '', kind: 'Pod' }] })).toEqual([])
})

test('PinsFile refuses to pin a name the service does not start with, other than to its absence', () => {
  expect(pathsOf({ ...PINS, env: { LLM_ENABLED: 'true', LLM_PROVIDER: null } })).toEqual(['env.LLM_ENABLED'])
  expect(pathsOf({ ...PINS, env: { LLM_ROLLOUT_STAGE: 'stage3' } })).toEqual(['env.LLM_ROLLOUT_STAGE'])
})

test.each([
  [{ targets: [] }, 'targets'],
  [{ targets: [TARGET, TARGET] }, 'targets'],
  [{ targets: [{ ...TARGET, name: 'Torghut' }] }, 'targets.0.name'],
  [{ targets: [{ ...TARGET, container: 'c'.repeat(64) }] }, 'targets.0.container'],
  [{ env: { 'lower-case': 'x' } }, 'env.lower-case'],
  [{ env: { LLM_MODEL: '' } }, 'env.LLM_MODEL'],
  [{ env: { LLM_MODEL: 5 } }, 'env.LLM_MODEL'],
  [{ note: 'x' }, ''],
])('PinsFile refuses %j at "%s"', (change, path) => {
  expect(pathsOf({ ...PINS, ...change })).toEqual([path])
})
