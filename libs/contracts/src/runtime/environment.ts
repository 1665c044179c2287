import { z } from 'zod'

import { AdvicePolicy, ContextPolicy, FailMode } from '../review/gate-policy.ts'
import type { PolicySettings } from '../review/gate-policy.ts'
import { Band, TradingMode } from '../review/vocabulary.ts'
import { CIRCUIT_ERRORS_MAX } from './breaker.ts'
import { effectiveContract } from './effective-contract.ts'
import type { EffectiveContract } from './effective-contract.ts'
import { environmentContradictions } from './environment-rules.ts'
import { guardrailProblems } from './guardrail-names.ts'
import { parseJangarBaseUrl } from './jangar-base-url.ts'

/** A number as people write it: digits, at most one point. A blank is refused, where a plain conversion reads 0. */
const digits = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,12})?$/, 'expected a number such as 0.5')
  .transform(Number)
const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .pipe(z.boolean())
const share = digits.pipe(z.number().min(0).max(1))
/** Up to 30 days. */
const seconds = digits.pipe(z.int().min(0).max(2_592_000))
const circuitSeconds = digits.pipe(z.int().min(1).max(86_400))
const name = z.string().trim().min(1)

/**
 * Every name the review API reads, as it is spelled in the environment. The nine names without a default are required.
 * The manifests and the reference page are written from this schema, so a knob cannot exist on one side only.
 */
export const EnvironmentSchema = z.object({
  JANGAR_BASE_URL: name.meta({ description: 'Origin of the one gateway every model call goes to: `http://host:port`' }),
  JANGAR_API_KEY: name
    .optional()
    .meta({ description: 'Sent to the gateway as a bearer key; without it no key is sent' }),
  LLM_MODEL: name.meta({ description: 'The model every completion names' }),
  LLM_DSPY_ARTIFACT_HASH: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits')
    .meta({ description: 'The pinned artifact: SHA-256 of its canonical JSON' }),
  LLM_DSPY_PROGRAM_NAME: name.meta({ description: 'The program the artifact must be' }),
  LLM_DSPY_SIGNATURE_VERSION: name.meta({ description: 'The signature version the artifact must have' }),
  LLM_DSPY_TIMEOUT_SECONDS: digits
    .pipe(z.number().positive().max(120))
    .meta({ description: 'Seconds a program has for its answer, connect and retries included' }),
  LLM_DSPY_COMPILE_METRICS_POLICY_REF: name.meta({ description: 'The metric policy of lane runs' }),
  LLM_DSPY_SECRET_BINDING_REF: name.meta({ description: 'The secret binding of lane runs: a name, never a secret' }),
  LLM_DSPY_AGENTRUN_TTL_SECONDS: seconds.meta({ description: 'Seconds a finished lane run is kept' }),

  TRADING_MODE: TradingMode.default('paper').meta({
    description: 'What the decisions are for; live fails closed everywhere',
  }),
  LLM_MIN_CONFIDENCE: share.default(0.5).meta({ description: 'Smallest confidence of an advice' }),
  LLM_MIN_CALIBRATED_TOP_PROBABILITY: share
    .default(0.45)
    .meta({ description: 'Smallest probability of the likeliest verdict' }),
  LLM_MIN_PROBABILITY_MARGIN: share
    .default(0.05)
    .meta({ description: 'Smallest lead of the likeliest verdict over the next' }),
  LLM_MAX_UNCERTAINTY: share.default(0.6).meta({ description: 'Largest uncertainty score of an advice' }),
  LLM_MAX_UNCERTAINTY_BAND: Band.default('medium').meta({ description: 'Highest uncertainty band of an advice' }),
  LLM_MIN_CALIBRATION_QUALITY_SCORE: share
    .default(0.5)
    .meta({ description: 'Smallest calibration quality an advice may state' }),
  LLM_ABSTAIN_FAIL_MODE: FailMode.default('veto').meta({ description: 'What an abstaining advice means' }),
  LLM_ESCALATE_FAIL_MODE: FailMode.default('veto').meta({ description: 'What an escalating advice means' }),
  LLM_QUALITY_FAIL_MODE: FailMode.default('veto').meta({ description: 'What an advice below a quality limit means' }),
  LLM_ADJUSTMENT_ALLOWED: flag
    .default(false)
    .meta({ description: 'Whether an advice may shrink or tighten an order; needs LLM_ADJUSTMENT_APPROVED too' }),
  LLM_ADJUSTMENT_APPROVED: flag.default(false).meta({ description: 'The second half of LLM_ADJUSTMENT_ALLOWED' }),
  LLM_MIN_QTY_MULTIPLIER: digits
    .pipe(z.number().min(0))
    .default(0.5)
    .meta({ description: 'Smallest share of the quantity an adjustment may leave; not above LLM_MAX_QTY_MULTIPLIER' }),
  LLM_MAX_QTY_MULTIPLIER: digits
    .pipe(z.number().min(0))
    .default(1)
    .meta({ description: 'Largest share of the quantity an adjustment may leave; not above 1' }),
  TRADING_MARKET_CONTEXT_REQUIRED: flag
    .optional()
    .meta({ description: 'Whether a request without market context is blocked; unset: false in paper, true in live' }),
  TRADING_MARKET_CONTEXT_FAIL_MODE: z
    .enum(['shadow_only', 'fail_closed'])
    .optional()
    .meta({ description: 'Whether a context block vetoes; unset: shadow_only in paper, fail_closed in live' }),
  TRADING_MARKET_CONTEXT_MIN_QUALITY: share
    .default(0.4)
    .meta({ description: 'Smallest quality score of a context bundle' }),
  TRADING_MARKET_CONTEXT_MAX_STALENESS_SECONDS: seconds
    .default(300)
    .meta({ description: 'Largest age of a context bundle in seconds' }),
  LLM_CIRCUIT_MAX_ERRORS: digits
    .pipe(z.int().min(1).max(CIRCUIT_ERRORS_MAX))
    .default(3)
    .meta({ description: 'Failures that open a breaker: with a fifth of at least 20 calls, or in a row among fewer' }),
  LLM_CIRCUIT_WINDOW_SECONDS: circuitSeconds
    .default(300)
    .meta({ description: 'Seconds a call counts for its breakers' }),
  LLM_CIRCUIT_COOLDOWN_SECONDS: circuitSeconds
    .default(600)
    .meta({ description: 'Seconds an open breaker lets no call through; then one probe may go, fleet-wide' }),

  DATABASE_URL: name.meta({ description: 'PostgreSQL, as the application role' }),
  TORGHUT_STORAGE: z
    .enum(['persistent', 'ephemeral'])
    .default('ephemeral')
    .meta({ description: 'What outlives this process below TORGHUT_DATA_DIR; on ephemeral storage live vetoes new risk while the database is away' }),
  TORGHUT_DATA_DIR: name
    .optional()
    .meta({ description: 'Folder of the local journal, of one database only; required on persistent storage, else a temporary one is used' }),
  TORGHUT_JOURNAL_MAX_MIB: digits
    .pipe(z.int().min(1).max(1_048_576))
    .default(256)
    .meta({ description: 'MiB of reviews that may wait in the journal for the database; beyond, nothing is decided' }),
  PORT: digits
    .pipe(z.int().min(0).max(65_535))
    .default(8080)
    .meta({ description: 'Where the API listens; 0 takes a free port' }),
  HOST: name
    .default('127.0.0.1')
    .meta({ description: 'Address the API binds to; anything but loopback needs TORGHUT_API_KEYS_FILE' }),
  TORGHUT_CHECKPOINT_KEY_FILE: name
    .optional()
    .meta({ description: 'Ed25519 private key (PKCS 8 PEM) that signs checkpoints of the audit; unset: none are taken' }),
  TORGHUT_API_KEYS_FILE: name.optional().meta({ description: 'JSON file of hashed bearer keys with their scopes' }),
  TORGHUT_GATE_POLICY_FILE: name
    .optional()
    .meta({ description: 'YAML file of the gate limits, read again when it changes; unset: the committed one' }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: 'Least severe line that is logged' }),
  TORGHUT_IMAGE_DIGEST: z
    .string()
    .regex(/^(\S+@)?sha256:[0-9a-f]{64}$/, 'expected sha256:<64 hex digits>, with or without the image name')
    .optional()
    .meta({ description: 'The image this process runs in, shown for drift detection' }),
  TORGHUT_GIT_SHA: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, 'expected a commit in hex')
    .optional()
    .meta({ description: 'The commit the image was built from, shown for drift detection' }),
  REPLAY_CLOCK: z
    .enum(['request'])
    .optional()
    .meta({ description: 'Takes the time of a review from its request; paper and a simulated gateway only' }),
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
  policy: PolicySettings
  /** Where the gate policy's file lies; null: the one that comes with the code. */
  policyFile: string | null
  circuit: { maxErrors: number; windowMs: number; cooldownMs: number }
  laneRuns: { metricPolicyRef: string; secretBindingRef: string; ttlSeconds: number }
  databaseUrl: string
  /** `dataDir` null: a temporary folder of the process's own. */
  journal: { storage: RawEnvironment['TORGHUT_STORAGE']; dataDir: string | null; maxBytes: number }
  port: number
  host: string
  apiKeysFile: string | null
  /** The key that signs checkpoints; null: none are taken. */
  checkpointKeyFile: string | null
  logLevel: RawEnvironment['LOG_LEVEL']
  replayClock: boolean
  imageDigest: string | null
  gitSha: string | null
  /** Every name with the value in force, secrets redacted. */
  contract: EffectiveContract
}

export type ParsedEnvironment =
  | { ok: true; environment: RuntimeEnvironment }
  | { ok: false; problems: string[] }

/** Reads the environment once, at start. Each problem is one line that names the variable and says what to do. */
export function parseEnvironment(env: Record<string, string | undefined>): ParsedEnvironment {
  const unread = guardrailProblems(env)
  const given = withoutEmpty(env)
  const parsed = EnvironmentSchema.safeParse(given)
  if (!parsed.success) {
    return { ok: false, problems: [...unread, ...parsed.error.issues.map((issue) => describeIssue(issue, given))] }
  }
  const base = parseJangarBaseUrl(parsed.data.JANGAR_BASE_URL)
  const problems = [...unread, ...(base.ok ? [] : [base.problem]), ...environmentContradictions(parsed.data)]
  if (problems.length > 0 || !base.ok) return { ok: false, problems }
  return { ok: true, environment: toRuntime(parsed.data, base) }
}

/** The part of the gate policy an environment says; its file says the rest. */
export function policySettingsOf(raw: RawEnvironment): PolicySettings {
  const live = raw.TRADING_MODE === 'live'
  return {
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
    policy: policySettingsOf(raw),
    policyFile: raw.TORGHUT_GATE_POLICY_FILE ?? null,
    circuit: {
      maxErrors: raw.LLM_CIRCUIT_MAX_ERRORS,
      windowMs: raw.LLM_CIRCUIT_WINDOW_SECONDS * 1000,
      cooldownMs: raw.LLM_CIRCUIT_COOLDOWN_SECONDS * 1000,
    },
    laneRuns: {
      metricPolicyRef: raw.LLM_DSPY_COMPILE_METRICS_POLICY_REF,
      secretBindingRef: raw.LLM_DSPY_SECRET_BINDING_REF,
      ttlSeconds: raw.LLM_DSPY_AGENTRUN_TTL_SECONDS,
    },
    databaseUrl: raw.DATABASE_URL,
    journal: {
      storage: raw.TORGHUT_STORAGE,
      dataDir: raw.TORGHUT_DATA_DIR ?? null,
      maxBytes: raw.TORGHUT_JOURNAL_MAX_MIB * 1024 * 1024,
    },
    port: raw.PORT,
    host: raw.HOST,
    apiKeysFile: raw.TORGHUT_API_KEYS_FILE ?? null,
    checkpointKeyFile: raw.TORGHUT_CHECKPOINT_KEY_FILE ?? null,
    logLevel: raw.LOG_LEVEL,
    replayClock: raw.REPLAY_CLOCK !== undefined,
    imageDigest: raw.TORGHUT_IMAGE_DIGEST ?? null,
    gitSha: raw.TORGHUT_GIT_SHA ?? null,
    contract: effectiveContract(raw, Object.keys(EnvironmentSchema.shape) as (keyof RawEnvironment)[]),
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
