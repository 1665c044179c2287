import { expect, test } from 'vitest'

import { EnvironmentSchema, parseEnvironment } from './environment.ts'

const given = {
  JANGAR_BASE_URL: 'http://127.0.0.1:9000',
  LLM_MODEL: 'gpt-5.3-codex-spark',
  LLM_DSPY_ARTIFACT_HASH: 'a'.repeat(64),
  LLM_DSPY_PROGRAM_NAME: 'trade-review-committee-v1',
  LLM_DSPY_SIGNATURE_VERSION: 'v1',
  LLM_DSPY_TIMEOUT_SECONDS: '8',
  LLM_DSPY_COMPILE_METRICS_POLICY_REF: 'config/trading/llm/dspy-metrics.yaml',
  LLM_DSPY_SECRET_BINDING_REF: 'codex-github-token',
  LLM_DSPY_AGENTRUN_TTL_SECONDS: '14400',
  DATABASE_URL: 'postgres://torghut_app:hunter2@127.0.0.1/torghut',
}

/** As a process that was given this environment shows it. */
function contractOf(changes: Record<string, string> = {}) {
  const parsed = parseEnvironment({ ...given, ...changes })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.environment.contract
}

test('effectiveContract() names every variable with the value in force, defaults included', () => {
  const contract = contractOf()
  expect(Object.keys(contract).sort()).toEqual(Object.keys(EnvironmentSchema.shape).sort())
  expect(contract).toMatchObject({
    LLM_DSPY_TIMEOUT_SECONDS: 8,
    TRADING_MODE: 'paper',
    LLM_ADJUSTMENT_ALLOWED: false,
    LLM_MIN_CONFIDENCE: 0.5,
    TORGHUT_IMAGE_DIGEST: null,
    REPLAY_CLOCK: null,
  })
})

test('effectiveContract() says of a secret that it is set, and is null without it', () => {
  const contract = contractOf({ JANGAR_API_KEY: 'sk-secret' })
  expect(contract).toMatchObject({ JANGAR_API_KEY: '[set]', DATABASE_URL: '[set]' })
  expect(JSON.stringify(contract)).not.toMatch(/hunter2|sk-secret/)
  expect(contractOf().JANGAR_API_KEY).toBeNull()
})

test('EnvironmentSchema takes an image digest and a commit in their own forms only', () => {
  const digest = `sha256:${'b'.repeat(64)}`
  const good = { TORGHUT_IMAGE_DIGEST: `registry/torghut@${digest}`, TORGHUT_GIT_SHA: 'ebc6fee2' }
  expect(EnvironmentSchema.parse({ ...given, ...good })).toMatchObject(good)
  expect(EnvironmentSchema.safeParse({ ...given, TORGHUT_IMAGE_DIGEST: digest }).success).toBe(true)
  for (const bad of [{ TORGHUT_IMAGE_DIGEST: 'latest' }, { TORGHUT_IMAGE_DIGEST: `${digest}0` }, { TORGHUT_GIT_SHA: 'main' }]) {
    expect(EnvironmentSchema.safeParse({ ...given, ...bad }).success).toBe(false)
  }
})
