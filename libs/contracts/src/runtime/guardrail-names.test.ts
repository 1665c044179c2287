import { expect, test } from 'vitest'
import type { z } from 'zod'

import { exampleEnvironment } from '../testing/environment.ts'
import { EnvironmentSchema, parseEnvironment } from './environment.ts'
import { DEPRECATED_NAMES, GUARDRAIL_NAMES, isRefusedName } from './guardrail-names.ts'
import type { GuardrailName } from './guardrail-names.ts'

type Status = GuardrailName['status']

/** The settings table of the service we succeed, written out a second time so that no row can get lost. */
const CONTRACT_NAMES = [
  'JANGAR_API_KEY JANGAR_BASE_URL LLM_ABSTAIN_FAIL_MODE LLM_ADJUSTMENT_ALLOWED LLM_ADJUSTMENT_APPROVED',
  'LLM_ALLOWED_MODELS LLM_ALLOWED_PROMPT_VERSIONS LLM_CIRCUIT_COOLDOWN_SECONDS LLM_CIRCUIT_MAX_ERRORS',
  'LLM_CIRCUIT_WINDOW_SECONDS',
  'LLM_COMMITTEE_ENABLED LLM_COMMITTEE_FAIL_CLOSED_VERDICT LLM_COMMITTEE_MANDATORY_ROLES LLM_COMMITTEE_ROLES',
  'LLM_DSPY_AGENTRUN_TTL_SECONDS LLM_DSPY_ARTIFACT_HASH LLM_DSPY_COMPILE_METRICS_POLICY_REF',
  'LLM_DSPY_LIVE_RUNTIME_BLOCK_FAIL_MODE LLM_DSPY_LIVE_RUNTIME_BLOCK_QTY_MULTIPLIER LLM_DSPY_PROGRAM_NAME',
  'LLM_DSPY_RUNTIME_MODE LLM_DSPY_SECRET_BINDING_REF LLM_DSPY_SIGNATURE_VERSION LLM_DSPY_TIMEOUT_SECONDS',
  'LLM_EFFECTIVE_CHALLENGE_ID LLM_ENABLED LLM_ESCALATE_FAIL_MODE LLM_EVALUATION_REPORT LLM_FAIL_MODE',
  'LLM_FAIL_MODE_ENFORCEMENT LLM_FAIL_OPEN_LIVE_APPROVED LLM_MAX_QTY_MULTIPLIER LLM_MAX_TOKENS LLM_MAX_UNCERTAINTY',
  'LLM_MAX_UNCERTAINTY_BAND LLM_MIN_CALIBRATED_TOP_PROBABILITY LLM_MIN_CALIBRATION_QUALITY_SCORE LLM_MIN_CONFIDENCE',
  'LLM_MIN_PROBABILITY_MARGIN LLM_MIN_QTY_MULTIPLIER LLM_MODEL LLM_MODEL_VERSION_LOCK LLM_PROMPT_VERSION',
  'LLM_QUALITY_FAIL_MODE LLM_RECENT_DECISIONS LLM_ROLLOUT_STAGE LLM_SHADOW_COMPLETED_AT LLM_SHADOW_MODE',
  'LLM_TEMPERATURE LLM_TIMEOUT_SECONDS LLM_TOKEN_BUDGET_MAX TRADING_MARKET_CONTEXT_FAIL_MODE',
  'TRADING_MARKET_CONTEXT_MAX_STALENESS_SECONDS TRADING_MARKET_CONTEXT_MIN_QUALITY TRADING_MARKET_CONTEXT_REQUIRED',
].flatMap((line) => line.split(' '))

const ROWS = Object.entries<GuardrailName>(GUARDRAIL_NAMES)
const SHAPE: Record<string, Pick<z.ZodType, 'safeParse'>> = EnvironmentSchema.shape

function rowsOf<S extends Status>(status: S) {
  return ROWS.filter((entry): entry is [string, Extract<GuardrailName, { status: S }>] => entry[1].status === status)
}

function problemsWith(change: Record<string, string | undefined>): string[] {
  const parsed = parseEnvironment({ ...exampleEnvironment(), ...change })
  return parsed.ok ? [] : parsed.problems
}

test('GUARDRAIL_NAMES names every setting of the contract and no other', () => {
  expect(ROWS.map(([name]) => name).sort()).toEqual(CONTRACT_NAMES)
})

test.each(rowsOf('kept'))('GUARDRAIL_NAMES keeps %s with the default the environment schema has', (name, row) => {
  const field = SHAPE[name]!
  const unset = field.safeParse(undefined)
  if (typeof row.default === 'string') expect(unset).toEqual(field.safeParse(row.default))
  else expect(unset.data).toBeUndefined()
  if (typeof row.default === 'string') expect(unset.success).toBe(true)
})

test('GUARDRAIL_NAMES states the two defaults the trading mode decides', () => {
  for (const mode of ['paper', 'live'] as const) {
    const parsed = parseEnvironment({ ...exampleEnvironment(), TRADING_MODE: mode })
    const context = parsed.ok ? parsed.environment.policy.context : null
    expect(String(context?.required)).toBe(GUARDRAIL_NAMES.TRADING_MARKET_CONTEXT_REQUIRED.default[mode])
    expect(context?.fail_mode).toBe(GUARDRAIL_NAMES.TRADING_MARKET_CONTEXT_FAIL_MODE.default[mode])
  }
})

test('GUARDRAIL_NAMES keeps every guardrail the environment schema reads, and no other', () => {
  const read = Object.keys(SHAPE).filter((name) => /^(LLM_|TRADING_MARKET_CONTEXT_|JANGAR_)/.test(name))
  expect(read.sort()).toEqual(rowsOf('kept').map(([name]) => name).sort())
})

const REFUSED = [...new Set([...rowsOf('refused').map(([name]) => name), ...Object.keys(DEPRECATED_NAMES)])]

test.each(REFUSED)('parseEnvironment() refuses %s in one line, whatever its value', (name) => {
  for (const value of ['', 'true', 'veto', '1']) {
    const problems = problemsWith({ [name]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${name} is no longer read: .+ remove it$`))
    expect(problems[0]).not.toContain('\n')
  }
  expect(isRefusedName(name)).toBe(true)
})

test.each(rowsOf('fixed'))('parseEnvironment() accepts %s only at its fixed value', (name, { value }) => {
  for (const same of [value, value.toUpperCase(), ` ${value} `, '', undefined]) {
    expect(problemsWith({ [name]: same })).toEqual([])
  }
  for (const other of ['other', '0', value === 'true' ? 'false' : 'true', 'pass_through']) {
    if (other === value) continue
    const problems = problemsWith({ [name]: other })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${name} is fixed at ${value}: .+ remove it or set it to ${value}$`))
  }
  expect(isRefusedName(name)).toBe(false)
})

const SHARES = {
  accepted: ['0', '1', '0.5', '0.05'],
  refused: ['1.01', '-0.1', 'NaN', ' ', '1e-1', '0x1', 'Infinity', '.'],
}
const SECONDS = { accepted: ['0', '1', '2592000'], refused: ['-1', '0.5', '2592001', 'soon', ' '] }
const CIRCUIT = { accepted: ['1', '86400'], refused: ['0', '86401', '1.5', ' '] }
const FAIL_MODES = { accepted: ['veto', 'pass_through'], refused: ['pass_through_reduced_size', 'VETO', 'true'] }
const FLAGS = { accepted: ['true', 'false'], refused: ['yes', '1', 'True', ' '] }
const NON_EMPTY = { accepted: ['x'], refused: ['  '] }

/** Both sides of every bound the table states, in paper. */
const BOUNDS: Record<string, { accepted: string[]; refused: string[] }> = {
  LLM_MODEL: NON_EMPTY,
  LLM_MIN_CONFIDENCE: SHARES,
  LLM_MIN_CALIBRATED_TOP_PROBABILITY: SHARES,
  LLM_MIN_PROBABILITY_MARGIN: SHARES,
  LLM_MAX_UNCERTAINTY: SHARES,
  LLM_MAX_UNCERTAINTY_BAND: { accepted: ['low', 'medium', 'high'], refused: ['none', 'LOW'] },
  LLM_MIN_CALIBRATION_QUALITY_SCORE: SHARES,
  LLM_ABSTAIN_FAIL_MODE: FAIL_MODES,
  LLM_ESCALATE_FAIL_MODE: FAIL_MODES,
  LLM_QUALITY_FAIL_MODE: FAIL_MODES,
  LLM_ADJUSTMENT_ALLOWED: FLAGS,
  LLM_ADJUSTMENT_APPROVED: FLAGS,
  LLM_MIN_QTY_MULTIPLIER: SHARES,
  LLM_MAX_QTY_MULTIPLIER: { accepted: ['0.5', '1'], refused: ['1.01', '0.49', '1.25', '-1', ' '] },
  LLM_CIRCUIT_MAX_ERRORS: { accepted: ['1', '100'], refused: ['0', '101', '2.5', ' '] },
  LLM_CIRCUIT_WINDOW_SECONDS: CIRCUIT,
  LLM_CIRCUIT_COOLDOWN_SECONDS: CIRCUIT,
  LLM_DSPY_ARTIFACT_HASH: {
    accepted: ['b'.repeat(64), 'B'.repeat(64)],
    refused: ['b'.repeat(63), 'b'.repeat(65), 'g'.repeat(64)],
  },
  LLM_DSPY_PROGRAM_NAME: NON_EMPTY,
  LLM_DSPY_SIGNATURE_VERSION: NON_EMPTY,
  LLM_DSPY_TIMEOUT_SECONDS: { accepted: ['0.001', '120'], refused: ['0', '120.001', '-8', 'eight', ' '] },
  LLM_DSPY_COMPILE_METRICS_POLICY_REF: NON_EMPTY,
  LLM_DSPY_SECRET_BINDING_REF: NON_EMPTY,
  LLM_DSPY_AGENTRUN_TTL_SECONDS: SECONDS,
  TRADING_MARKET_CONTEXT_REQUIRED: FLAGS,
  TRADING_MARKET_CONTEXT_FAIL_MODE: { accepted: ['fail_closed', 'shadow_only'], refused: ['veto'] },
  TRADING_MARKET_CONTEXT_MIN_QUALITY: SHARES,
  TRADING_MARKET_CONTEXT_MAX_STALENESS_SECONDS: SECONDS,
  JANGAR_BASE_URL: {
    accepted: ['http://jangar', 'https://jangar:8443/', 'http://j/openai/v1', 'http://j/openai/v1/chat/completions'],
    refused: ['jangar', 'ftp://jangar', 'http://jangar/v1', 'http://jangar?a=1', 'http://a:b@jangar', ' '],
  },
  JANGAR_API_KEY: NON_EMPTY,
}

test.each(rowsOf('kept').map(([name]) => name))('parseEnvironment() holds %s to its bounds, one line each', (name) => {
  const { accepted, refused } = BOUNDS[name]!
  for (const value of accepted) expect([value, problemsWith({ [name]: value })]).toEqual([value, []])
  for (const value of refused) {
    const problems = problemsWith({ [name]: value })
    expect([value, problems.length]).toEqual([value, 1])
    expect(problems[0]).toMatch(/^(LLM|TRADING|JANGAR)_[A-Z_]+[ =]/)
    expect(problems[0]).not.toContain('\n')
  }
})
