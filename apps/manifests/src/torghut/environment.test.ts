import { EnvironmentSchema, isRefusedName } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { exampleInputs } from '../testing/example-inputs.ts'
import { contractOf, environmentEntries, environmentNames, variablesOf } from './environment.ts'

const entries = () => environmentEntries(exampleInputs(), 8080, 'pod')
const entry = (name: string) => entries().find((candidate) => candidate.name === name)

test('environmentEntries() has one entry for every name of the schema, sorted, and none of a refused name', () => {
  const names = entries().map(({ name }) => name)
  expect(names).toEqual(Object.keys(EnvironmentSchema.shape).sort())
  expect(names.filter(isRefusedName)).toEqual([])
})

test.each(environmentNames())('environmentEntries() and the schema agree about %s', (name) => {
  const absent = EnvironmentSchema.shape[name as keyof typeof EnvironmentSchema.shape].safeParse(undefined)
  const written = entry(name)
  // What the schema needs or defaults stands in the manifest; only what may be absent is left out.
  if (!absent.success || absent.data !== undefined) expect(written?.from).not.toBe('unset')
  const contract = contractOf(variablesOf(entries()))
  const shown = contract?.[name as keyof typeof contract]
  if (written?.from === 'literal') expect(String(shown)).toBe(written.value)
  if (written?.from === 'unset') expect(shown).toBeNull()
})

test('environmentEntries() takes a secret by reference and never a value for it', () => {
  expect(entry('DATABASE_URL')).toEqual({
    name: 'DATABASE_URL',
    from: 'secret',
    ref: { secret: 'torghut-review-database', key: 'applicationUrl', optional: false },
  })
})

test('environmentEntries() leaves PORT to Knative and writes it for a pod', () => {
  expect(environmentEntries(exampleInputs(), 9000, 'knative').find(({ name }) => name === 'PORT')).toEqual({
    name: 'PORT',
    from: 'platform',
    value: '9000',
  })
  expect(environmentEntries(exampleInputs(), 9000, 'pod').find(({ name }) => name === 'PORT')).toEqual({
    name: 'PORT',
    from: 'literal',
    value: '9000',
  })
})

type Change = (inputs: ReturnType<typeof exampleInputs>) => void
test.each<[string, Change, RegExp]>([
  [
    'a name nobody reads',
    ({ deploy }) => (deploy.settings['LOG_LEVLE'] = 'info'),
    /LOG_LEVLE is not a name of the environment contract/,
  ],
  [
    'a deprecated name',
    ({ deploy }) => (deploy.settings['LLM_ENABLED'] = 'true'),
    /LLM_ENABLED is refused at start/,
  ],
  [
    'a pinned name as a setting',
    ({ deploy }) => (deploy.settings['LLM_MODEL'] = 'other'),
    /LLM_MODEL is no setting/,
  ],
  [
    'a required name without a source',
    ({ deploy }) => void delete deploy.secrets['DATABASE_URL'],
    /DATABASE_URL is required/,
  ],
  ['a pin that is missing', ({ pins }) => void delete pins.env['LLM_MODEL'], /LLM_MODEL is/],
  [
    'a value the service refuses',
    ({ deploy }) => (deploy.settings['LLM_MAX_QTY_MULTIPLIER'] = '1.25'),
    /would let advice grow an order/,
  ],
  [
    'what live refuses',
    ({ deploy }) => {
      deploy.tradingMode = 'live'
      deploy.settings['LLM_ABSTAIN_FAIL_MODE'] = 'pass_through'
    },
    /live/,
  ],
  [
    'a missing owner of the database',
    ({ deploy }) => void delete deploy.secrets['DATABASE_MIGRATION_URL'],
    /the migrations Job reads it/,
  ],
])('environmentEntries() refuses %s', (_, change, problem) => {
  const inputs = exampleInputs()
  change(inputs)
  expect(() => environmentEntries(inputs, 8080, 'pod')).toThrow(problem)
})

test('environmentEntries() takes the word "required" for a value like any other', () => {
  const inputs = exampleInputs()
  inputs.pins.env['LLM_DSPY_PROGRAM_NAME'] = 'required'
  expect(
    environmentEntries(inputs, 8080, 'pod').find(({ name }) => name === 'LLM_DSPY_PROGRAM_NAME'),
  ).toMatchObject({ value: 'required' })
})
