import { expect, test } from 'vitest'

import { exampleEnvironment } from '../testing/environment.ts'
import { parseEnvironment } from './environment.ts'
import { DEPRECATED_NAMES } from './guardrail-names.ts'

const complete: Record<string, string> = exampleEnvironment()

function problemsWith(change: Record<string, string | undefined>): string[] {
  const parsed = parseEnvironment({ ...complete, ...change })
  return parsed.ok ? [] : parsed.problems
}

test('parseEnvironment() reads the required names into our words and units', () => {
  const parsed = parseEnvironment(complete)
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  expect(parsed.environment).toMatchObject({
    programTimeoutMs: 8000,
    artifactHash: 'a'.repeat(64),
    host: '127.0.0.1',
    port: 8080,
    jangar: { chatUrl: 'http://127.0.0.1:9000/openai/v1/chat/completions', apiKey: null },
    policy: { trading_mode: 'paper', context: { required: false, fail_mode: 'shadow_only' } },
  })
})

test.each(Object.keys(complete))('parseEnvironment() refuses to go on without %s', (name) => {
  expect(problemsWith({ [name]: undefined })).toEqual([`${name} is required and not set`])
  expect(problemsWith({ [name]: '' })).toEqual([`${name} is required and not set`])
})

test.each(Object.keys(DEPRECATED_NAMES))('parseEnvironment() refuses the deprecated %s, even when empty', (name) => {
  expect(problemsWith({ [name]: '' })[0]).toMatch(new RegExp(`^${name} is no longer read: .+`))
})

test('parseEnvironment() makes live fail closed by default and refuses every way to open it', () => {
  const live = parseEnvironment({ ...complete, TRADING_MODE: 'live' })
  if (!live.ok) throw new Error(live.problems.join('\n'))
  expect(live.environment.policy.context).toMatchObject({ required: true, fail_mode: 'fail_closed' })
  for (const change of [
    { LLM_ABSTAIN_FAIL_MODE: 'pass_through' },
    { LLM_ESCALATE_FAIL_MODE: 'pass_through' },
    { LLM_QUALITY_FAIL_MODE: 'pass_through' },
    { TRADING_MARKET_CONTEXT_REQUIRED: 'false' },
    { TRADING_MARKET_CONTEXT_FAIL_MODE: 'shadow_only' },
    { REPLAY_CLOCK: 'request' },
  ]) {
    expect(problemsWith({ TRADING_MODE: 'live', ...change })).toHaveLength(1)
  }
})

test.each([
  [{ LLM_MAX_QTY_MULTIPLIER: '1.25' }, 'LLM_MAX_QTY_MULTIPLIER'],
  [{ LLM_MIN_QTY_MULTIPLIER: '0.9', LLM_MAX_QTY_MULTIPLIER: '0.8' }, 'LLM_MIN_QTY_MULTIPLIER'],
  [{ LLM_FAIL_MODE: 'pass_through', LLM_FAIL_MODE_ENFORCEMENT: 'strict_veto' }, 'LLM_FAIL_MODE'],
  [{ LLM_SHADOW_MODE: 'true' }, 'LLM_SHADOW_MODE'],
  [{ HOST: '0.0.0.0' }, 'HOST'],
  [{ PORT: '70000' }, 'PORT'],
  [{ TORGHUT_STORAGE: 'persistent' }, 'TORGHUT_STORAGE'],
  [{ TORGHUT_STORAGE: 'tape' }, 'TORGHUT_STORAGE'],
  [{ TORGHUT_JOURNAL_MAX_MIB: '0' }, 'TORGHUT_JOURNAL_MAX_MIB'],
  [{ LLM_DSPY_ARTIFACT_HASH: 'abc' }, 'LLM_DSPY_ARTIFACT_HASH'],
  [{ JANGAR_BASE_URL: 'ftp://jangar' }, 'JANGAR_BASE_URL'],
  [{ JANGAR_BASE_URL: 'http://jangar/v2' }, 'JANGAR_BASE_URL'],
  [{ JANGAR_BASE_URL: 'http://jangar/?a=1' }, 'JANGAR_BASE_URL'],
  [{ JANGAR_BASE_URL: 'http://user:pw@jangar' }, 'JANGAR_BASE_URL'],
])('parseEnvironment() refuses %j in one line that begins with %s', (change, name) => {
  const problems = problemsWith(change)
  expect(problems).toHaveLength(1)
  expect(problems[0]?.startsWith(`${name}`)).toBe(true)
})
