import { z } from 'zod'

import { AdvicePolicy, ContextPolicy, FailMode } from '../review/gate-policy.ts'
import type { GatePolicy } from '../review/gate-policy.ts'
import { Band, TradingMode } from '../review/vocabulary.ts'
import { environmentContradictions } from './environment-rules.ts'
import { parseJangarBaseUrl } from './jangar-base-url.ts'

/** Names that once chose another path to a model. One path exists; a set name means somebody expects the other. */
export const DEPRECATED_NAMES = {
  LLM_PROVIDER: 'every model call goes to JANGAR_BASE_URL; remove it',
  LLM_SELF_HOSTED_BASE_URL: 'set JANGAR_BASE_URL instead and remove it',
  LLM_SELF_HOSTED_MODEL: 'set LLM_MODEL instead and remove it',
  LLM_SELF_HOSTED_API_KEY: 'set JANGAR_API_KEY instead and remove it',
  LLM_ENABLED: 'the program cannot be switched off; use the force_deterministic control and remove it',
  LLM_DSPY_RUNTIME_MODE: 'there are no runtime modes; pin an artifact with LLM_DSPY_ARTIFACT_HASH and remove it',
} as const

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const share = z.coerce.number().min(0).max(1)
const seconds = z.coerce.number().int().min(0)
const name = z.string().trim().min(1)

/**
 * Every name the review API reads, as it is spelled in the environment. The nine names without a default are required.
 * The manifests are written from this schema, so a knob cannot exist on one side only.
 */
export const EnvironmentSchema = z.object({
  JANGAR_BASE_URL: name,
  JANGAR_API_KEY: name.optional(),
  LLM_MODEL: name,
  LLM_DSPY_ARTIFACT_HASH: z.string().trim().toLowerCase().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits'),
  LLM_DSPY_PROGRAM_NAME: name,
  LLM_DSPY_SIGNATURE_VERSION: name,
  LLM_DSPY_TIMEOUT_SECONDS: z.coerce.number().positive().max(120),
  LLM_DSPY_COMPILE_METRICS_POLICY_REF: name,
  LLM_DSPY_SECRET_BINDING_REF: name,
  LLM_DSPY_AGENTRUN_TTL_SECONDS: seconds,

  TRADING_MODE: TradingMode.default('paper'),
  LLM_MIN_CONFIDENCE: share.default(0.5),
  LLM_MIN_CALIBRATED_TOP_PROBABILITY: share.default(0.45),
  LLM_MIN_PROBABILITY_MARGIN: share.default(0.05),
  LLM_MAX_UNCERTAINTY: share.default(0.6),
  LLM_MAX_UNCERTAINTY_BAND: Band.default('medium'),
  LLM_MIN_CALIBRATION_QUALITY_SCORE: share.default(0.5),
  LLM_FAIL_MODE: FailMode.default('veto'),
  LLM_FAIL_MODE_ENFORCEMENT: z.enum(['strict_veto', 'configured']).default('strict_veto'),
  LLM_ABSTAIN_FAIL_MODE: FailMode.default('veto'),
  LLM_ESCALATE_FAIL_MODE: FailMode.default('veto'),
  LLM_QUALITY_FAIL_MODE: FailMode.default('veto'),
  LLM_ADJUSTMENT_ALLOWED: flag.default(false),
  LLM_ADJUSTMENT_APPROVED: flag.default(false),
  LLM_MIN_QTY_MULTIPLIER: z.coerce.number().min(0).default(0.5),
  LLM_MAX_QTY_MULTIPLIER: z.coerce.number().min(0).default(1),
  LLM_SHADOW_MODE: flag.default(false),
  TRADING_MARKET_CONTEXT_REQUIRED: flag.optional(),
  TRADING_MARKET_CONTEXT_FAIL_MODE: z.enum(['shadow_only', 'fail_closed']).optional(),
  TRADING_MARKET_CONTEXT_MIN_QUALITY: share.default(0.4),
  TRADING_MARKET_CONTEXT_MAX_STALENESS_SECONDS: seconds.default(300),

  DATABASE_URL: name,
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  HOST: name.default('127.0.0.1'),
  TORGHUT_API_KEYS_FILE: name.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  REPLAY_CLOCK: z.enum(['request']).optional(),
})
export type RawEnvironment = z.output<typeof EnvironmentSchema>

/** What the review API runs with, in our own words and units. */
export interface RuntimeEnvironment {
  jangar: { chatUrl: string; origin: string; apiKey: string | null }
  model: string
  artifactHash: string
  programName: string
  signatureVersion: string
  programTimeoutMs: number
  policy: GatePolicy
  databaseUrl: string
  port: number
  host: string
  apiKeysFile: string | null
  logLevel: RawEnvironment['LOG_LEVEL']
  replayClock: boolean
}

export type ParsedEnvironment =
  | { ok: true; environment: RuntimeEnvironment }
  | { ok: false; problems: string[] }

/** Reads the environment once, at start. Each problem is one line that names the variable and says what to do. */
export function parseEnvironment(env: Record<string, string | undefined>): ParsedEnvironment {
  const deprecated = Object.entries(DEPRECATED_NAMES)
    .filter(([key]) => env[key] !== undefined)
    .map(([key, advice]) => `${key} is no longer read: ${advice}`)
  const given = withoutEmpty(env)
  const parsed = EnvironmentSchema.safeParse(given)
  if (!parsed.success) {
    return { ok: false, problems: [...deprecated, ...parsed.error.issues.map((issue) => describeIssue(issue, given))] }
  }
  const base = parseJangarBaseUrl(parsed.data.JANGAR_BASE_URL)
  const problems = [...deprecated, ...(base.ok ? [] : [base.problem]), ...environmentContradictions(parsed.data)]
  if (problems.length > 0 || !base.ok) return { ok: false, problems }
  return { ok: true, environment: toRuntime(parsed.data, base) }
}

/** The gate policy an environment means: every limit the gates judge by. */
export function gatePolicyOf(raw: RawEnvironment): GatePolicy {
  const live = raw.TRADING_MODE === 'live'
  return {
    policy_version: 'torghut.gate-policy.v1',
    trading_mode: raw.TRADING_MODE,
    advice: AdvicePolicy.parse({
      adjustment_allowed: raw.LLM_ADJUSTMENT_ALLOWED && raw.LLM_ADJUSTMENT_APPROVED,
      min_qty_multiplier: raw.LLM_MIN_QTY_MULTIPLIER,
      max_qty_multiplier: raw.LLM_MAX_QTY_MULTIPLIER,
      min_confidence: raw.LLM_MIN_CONFIDENCE,
      min_calibrated_top_probability: raw.LLM_MIN_CALIBRATED_TOP_PROBABILITY,
      min_probability_margin: raw.LLM_MIN_PROBABILITY_MARGIN,
      max_uncertainty: raw.LLM_MAX_UNCERTAINTY,
      max_uncertainty_band: raw.LLM_MAX_UNCERTAINTY_BAND,
      min_calibration_quality_score: raw.LLM_MIN_CALIBRATION_QUALITY_SCORE,
      abstain_fail_mode: raw.LLM_ABSTAIN_FAIL_MODE,
      escalate_fail_mode: raw.LLM_ESCALATE_FAIL_MODE,
      quality_fail_mode: raw.LLM_QUALITY_FAIL_MODE,
    }),
    context: ContextPolicy.parse({
      required: raw.TRADING_MARKET_CONTEXT_REQUIRED ?? live,
      min_quality: raw.TRADING_MARKET_CONTEXT_MIN_QUALITY,
      max_staleness_seconds: raw.TRADING_MARKET_CONTEXT_MAX_STALENESS_SECONDS,
      fail_mode: raw.TRADING_MARKET_CONTEXT_FAIL_MODE ?? (live ? 'fail_closed' : 'shadow_only'),
    }),
    allowed_order_types: ['limit', 'market', 'stop', 'stop_limit'],
    verdict_ttl_seconds: 60,
  }
}

function toRuntime(raw: RawEnvironment, base: { chatUrl: string; origin: string }): RuntimeEnvironment {
  return {
    jangar: { chatUrl: base.chatUrl, origin: base.origin, apiKey: raw.JANGAR_API_KEY ?? null },
    model: raw.LLM_MODEL,
    artifactHash: raw.LLM_DSPY_ARTIFACT_HASH,
    programName: raw.LLM_DSPY_PROGRAM_NAME,
    signatureVersion: raw.LLM_DSPY_SIGNATURE_VERSION,
    programTimeoutMs: Math.round(raw.LLM_DSPY_TIMEOUT_SECONDS * 1000),
    policy: gatePolicyOf(raw),
    databaseUrl: raw.DATABASE_URL,
    port: raw.PORT,
    host: raw.HOST,
    apiKeysFile: raw.TORGHUT_API_KEYS_FILE ?? null,
    logLevel: raw.LOG_LEVEL,
    replayClock: raw.REPLAY_CLOCK !== undefined,
  }
}

/** Kubernetes writes an unset value as an empty string; both mean "not given". */
function withoutEmpty(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  )
}

function describeIssue(issue: z.core.$ZodIssue, given: Record<string, string>): string {
  const variable = issue.path.join('.')
  if (!(variable in given)) return `${variable} is required and not set`
  return `${variable} is not usable: ${issue.message}`
}
