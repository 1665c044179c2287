import { expect, test } from 'vitest'

import { localDefaults } from '../stack/local-environment.ts'
import { checkEnvironment } from './check-environment.ts'

const urls = { DATABASE_URL: 'postgres://app@127.0.0.1/torghut', JANGAR_BASE_URL: 'http://127.0.0.1:9' }
const complete: Record<string, string> = { ...urls, ...localDefaults({}) }

test('checkEnvironment() finds a complete environment well', () => {
  expect(checkEnvironment(complete)).toEqual([
    { check: 'environment', state: 'ok', found: 'every name is usable, paper mode', advice: null },
  ])
})

test('checkEnvironment() only notes missing names where torghut up fills them in', () => {
  expect(checkEnvironment({})).toMatchObject([{ state: 'note', found: '10 required names are not set' }])
  expect(checkEnvironment({ DATABASE_URL: urls.DATABASE_URL })).toMatchObject([{ state: 'note' }])
})

test('checkEnvironment() calls missing names wrong in a deployment, and lists them', () => {
  const { LLM_MODEL: _absent, ...rest } = complete
  expect(checkEnvironment(rest)).toMatchObject([{ state: 'wrong', found: 'not set: LLM_MODEL' }])
  expect(checkEnvironment({ ...complete, LLM_MODEL: '' })).toMatchObject([
    { state: 'wrong', found: 'not set: LLM_MODEL' },
  ])
})

test('checkEnvironment() finds what is deprecated, unusable and contradictory at once', () => {
  const findings = checkEnvironment({
    ...complete,
    LLM_ENABLED: 'true',
    LLM_MIN_CONFIDENCE: 'high',
    LLM_MAX_QTY_MULTIPLIER: '2',
    TRADING_MODE: 'live',
    LLM_ABSTAIN_FAIL_MODE: 'pass_through',
    TORGHUT_API_KEYS_FILE: '/nowhere/keys.json',
  })
  expect(findings.map(({ state }) => state)).toEqual(Array(findings.length).fill('wrong'))
  const about = findings.map(({ found }) => /^[A-Z_]+/.exec(found)?.[0])
  expect(about.sort()).toEqual([
    'LLM_ABSTAIN_FAIL_MODE',
    'LLM_ENABLED',
    'LLM_MAX_QTY_MULTIPLIER',
    'LLM_MIN_CONFIDENCE',
    'TORGHUT_API_KEYS_FILE',
  ])
  expect(findings.every(({ advice }) => (advice ?? '') !== '')).toBe(true)
})
