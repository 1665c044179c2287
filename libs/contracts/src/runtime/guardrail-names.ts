/** Names that once chose another path to a model. One path exists; a set name means somebody expects the other. */
export const DEPRECATED_NAMES = {
  LLM_PROVIDER: 'every model call goes to JANGAR_BASE_URL; remove it',
  LLM_SELF_HOSTED_BASE_URL: 'set JANGAR_BASE_URL instead and remove it',
  LLM_SELF_HOSTED_MODEL: 'set LLM_MODEL instead and remove it',
  LLM_SELF_HOSTED_API_KEY: 'set JANGAR_API_KEY instead and remove it',
  LLM_ENABLED: 'the program cannot be switched off; use the force_deterministic control and remove it',
  LLM_DSPY_RUNTIME_MODE: 'there are no runtime modes; pin an artifact with LLM_DSPY_ARTIFACT_HASH and remove it',
} as const

/**
 * A name of the service we succeed and what became of it. `former` is its default there (null: none), `default` its
 * default here, spelled as in the environment (null: none; two values where the trading mode decides).
 */
export type GuardrailName =
  | {
      status: 'kept'
      former: string | null
      default: string | null | { paper: string; live: string }
      bounds: string
      effect: string
      why: string
    }
  | { status: 'fixed'; former: string | null; value: string; effect: string; why: string }
  | { status: 'refused'; former: string | null; instead: string; why: string }

const SHARE = '0..1'
const FAIL_MODE = '`veto`, `pass_through` (paper only)'

/**
 * Every guardrail name of the service we succeed (contract, 3.1). Kept: read, with these bounds. Fixed: may stay set,
 * but only to the value that holds anyway. Refused: setting it stops the start, because it would change nothing and
 * its reader expects that it does.
 */
export const GUARDRAIL_NAMES = {
  LLM_ENABLED: {
    status: 'refused',
    former: 'true',
    instead: DEPRECATED_NAMES.LLM_ENABLED,
    why: 'Off meant that decisions passed unreviewed and left no row',
  },
  LLM_MODEL: {
    status: 'kept',
    former: 'gpt-5.3-codex-spark',
    default: null,
    bounds: 'non-empty',
    effect: 'The model every completion names; an artifact made for another model is not served',
    why: 'Required, so that the model changes only by a commit',
  },
  LLM_PROMPT_VERSION: {
    status: 'refused',
    former: 'v1',
    instead: 'the prompt is part of the artifact; pin LLM_DSPY_ARTIFACT_HASH and remove it',
    why: 'It named a template the compiled program never read',
  },
  LLM_TEMPERATURE: {
    status: 'refused',
    former: '0.2',
    instead: 'the gateway takes no temperature; remove it',
    why: 'Nothing on the way to the model reads it',
  },
  LLM_MAX_TOKENS: {
    status: 'refused',
    former: '300',
    instead: 'the gateway takes no token limit; the stream is bounded in bytes and time; remove it',
    why: 'Only a guard read it, while the call used another number',
  },
  LLM_TIMEOUT_SECONDS: {
    status: 'refused',
    former: '20',
    instead: 'set LLM_DSPY_TIMEOUT_SECONDS instead and remove it',
    why: 'One deadline covers the whole review',
  },
  LLM_FAIL_MODE: {
    status: 'fixed',
    former: 'veto',
    value: 'veto',
    effect: 'When the program cannot answer, everything but a proved exit is vetoed',
    why: 'a failed review is a veto in paper and in live (strict_veto)',
  },
  LLM_FAIL_MODE_ENFORCEMENT: {
    status: 'fixed',
    former: 'strict_veto',
    value: 'strict_veto',
    effect: 'No stage or exception changes the fail mode',
    why: 'there is no second fail mode to configure',
  },
  LLM_FAIL_OPEN_LIVE_APPROVED: {
    status: 'refused',
    former: 'false',
    instead: 'live never fails open, with or without an approval; remove it',
    why: 'An approval for what cannot happen would mislead its reader',
  },
  LLM_MIN_CONFIDENCE: {
    status: 'kept',
    former: '0.5',
    default: '0.5',
    bounds: SHARE,
    effect: 'An advice with less confidence falls to LLM_QUALITY_FAIL_MODE',
    why: 'Same meaning',
  },
  LLM_MIN_CALIBRATED_TOP_PROBABILITY: {
    status: 'kept',
    former: '0.45',
    default: '0.45',
    bounds: SHARE,
    effect: 'An advice whose likeliest verdict is less likely falls to LLM_QUALITY_FAIL_MODE',
    why: 'Same meaning',
  },
  LLM_MIN_PROBABILITY_MARGIN: {
    status: 'kept',
    former: '0.05',
    default: '0.05',
    bounds: SHARE,
    effect: 'Smallest lead of the likeliest verdict over the next; below it LLM_QUALITY_FAIL_MODE decides',
    why: 'Same meaning',
  },
  LLM_MAX_UNCERTAINTY: {
    status: 'kept',
    former: '0.6',
    default: '0.6',
    bounds: SHARE,
    effect: 'Largest uncertainty score; above it LLM_QUALITY_FAIL_MODE decides',
    why: 'Same meaning',
  },
  LLM_MAX_UNCERTAINTY_BAND: {
    status: 'kept',
    former: 'medium',
    default: 'medium',
    bounds: '`low`, `medium`, `high`',
    effect: 'Highest uncertainty band; above it LLM_QUALITY_FAIL_MODE decides',
    why: 'Same meaning',
  },
  LLM_MIN_CALIBRATION_QUALITY_SCORE: {
    status: 'kept',
    former: '0.5',
    default: '0.5',
    bounds: SHARE,
    effect: 'Smallest calibration quality an advice may state; below it LLM_QUALITY_FAIL_MODE decides',
    why: 'Same meaning',
  },
  LLM_ABSTAIN_FAIL_MODE: {
    status: 'kept',
    former: 'pass_through',
    default: 'veto',
    bounds: FAIL_MODE,
    effect: 'What an abstaining advice means',
    why: 'A reviewer without an opinion has not approved; pass_through in live refuses to start',
  },
  LLM_ESCALATE_FAIL_MODE: {
    status: 'kept',
    former: 'veto',
    default: 'veto',
    bounds: FAIL_MODE,
    effect: 'What an escalating advice means',
    why: 'Same meaning; pass_through in live refuses to start',
  },
  LLM_QUALITY_FAIL_MODE: {
    status: 'kept',
    former: 'veto',
    default: 'veto',
    bounds: FAIL_MODE,
    effect: 'What an advice below one of the quality limits means',
    why: 'Same meaning; pass_through in live refuses to start',
  },
  LLM_ADJUSTMENT_ALLOWED: {
    status: 'kept',
    former: 'false',
    default: 'false',
    bounds: '`true`, `false`',
    effect: 'An advice may shrink or tighten an order, if LLM_ADJUSTMENT_APPROVED is true too',
    why: 'Same meaning; without both an adjusting advice is a veto',
  },
  LLM_ADJUSTMENT_APPROVED: {
    status: 'kept',
    former: 'false',
    default: 'false',
    bounds: '`true`, `false`',
    effect: 'The second half of LLM_ADJUSTMENT_ALLOWED',
    why: 'Same meaning',
  },
  LLM_MIN_QTY_MULTIPLIER: {
    status: 'kept',
    former: '0.5',
    default: '0.5',
    bounds: '0..1, not above LLM_MAX_QTY_MULTIPLIER',
    effect: 'Smallest share of the quantity an adjustment may leave; less is a veto',
    why: 'Clamping up would trade more than the advice wanted',
  },
  LLM_MAX_QTY_MULTIPLIER: {
    status: 'kept',
    former: '1.25',
    default: '1',
    bounds: SHARE,
    effect: 'Largest share of the quantity an adjustment may leave',
    why: 'Advice never makes an order larger, so nothing above 1 is accepted',
  },
  LLM_SHADOW_MODE: {
    status: 'fixed',
    former: 'false',
    value: 'false',
    effect: 'The verdict of a review is what the caller must follow',
    why: 'the answered verdict always binds',
  },
  LLM_ROLLOUT_STAGE: {
    status: 'refused',
    former: 'stage3',
    instead: 'TRADING_MODE and the target an artifact is promoted for took its place; remove it',
    why: 'It changed fail modes behind their own settings, and an unknown stage read as live',
  },
  LLM_RECENT_DECISIONS: {
    status: 'refused',
    former: '5',
    instead: 'the caller chooses what it sends in `recent_decisions`; remove it',
    why: 'The request is complete when it arrives; nothing is fetched for it',
  },
  LLM_CIRCUIT_MAX_ERRORS: {
    status: 'kept',
    former: '3',
    default: '3',
    bounds: '1..100, whole',
    effect: 'Failures that open a breaker: together with a fifth of at least 20 calls, or in a row among fewer',
    why: 'A plain count would keep the breaker open all day at high traffic',
  },
  LLM_CIRCUIT_WINDOW_SECONDS: {
    status: 'kept',
    former: '300',
    default: '300',
    bounds: '1..86400, whole',
    effect: 'How long a call counts for its breakers, in seconds',
    why: 'Same meaning',
  },
  LLM_CIRCUIT_COOLDOWN_SECONDS: {
    status: 'kept',
    former: '600',
    default: '600',
    bounds: '1..86400, whole',
    effect: 'How long an open breaker lets no call through, in seconds; then one probe may go, fleet-wide',
    why: 'Closing at the end of the time sent every waiting call at a gateway that was still dead',
  },
  LLM_TOKEN_BUDGET_MAX: {
    status: 'refused',
    former: '1200',
    instead: 'the size of a prompt is bounded in bytes; remove it',
    why: 'It was compared with another setting, never with a prompt',
  },
  LLM_ALLOWED_MODELS: {
    status: 'refused',
    former: null,
    instead: 'the artifact names the one model it was made for; set LLM_MODEL and remove it',
    why: 'The list could disagree with the model that is called',
  },
  LLM_ALLOWED_PROMPT_VERSIONS: {
    status: 'refused',
    former: null,
    instead: 'the prompt is part of the artifact; pin LLM_DSPY_ARTIFACT_HASH and remove it',
    why: 'It guarded a template the compiled program never read',
  },
  LLM_EVALUATION_REPORT: {
    status: 'refused',
    former: null,
    instead: 'a compiled artifact serves only by a promotion that names its evaluation by hash; remove it',
    why: 'Any text passed',
  },
  LLM_EFFECTIVE_CHALLENGE_ID: {
    status: 'refused',
    former: null,
    instead: 'an id typed in proves nothing; a promotion rests on a signed approval; remove it',
    why: 'Any text passed',
  },
  LLM_SHADOW_COMPLETED_AT: {
    status: 'refused',
    former: null,
    instead: 'a time typed in proves nothing; remove it',
    why: 'Any text passed',
  },
  LLM_MODEL_VERSION_LOCK: {
    status: 'refused',
    former: null,
    instead: 'the artifact names the one model it was made for; set LLM_MODEL and remove it',
    why: 'The hash of the artifact locks the model',
  },
  LLM_COMMITTEE_ENABLED: {
    status: 'fixed',
    former: 'true',
    value: 'true',
    effect: 'Mandatory members of the program must assent',
    why: 'the members belong to the program and cannot be left out',
  },
  LLM_COMMITTEE_ROLES: {
    status: 'refused',
    former: 'researcher,risk_critic,execution_critic,policy_judge',
    instead: 'the artifact names its roles; pin LLM_DSPY_ARTIFACT_HASH and remove it',
    why: 'Only the names were checked; no review used the list',
  },
  LLM_COMMITTEE_MANDATORY_ROLES: {
    status: 'refused',
    former: 'risk_critic,execution_critic,policy_judge',
    instead: 'the artifact names its mandatory roles; pin LLM_DSPY_ARTIFACT_HASH and remove it',
    why: 'Only the names were checked; no review used the list',
  },
  LLM_COMMITTEE_FAIL_CLOSED_VERDICT: {
    status: 'fixed',
    former: 'veto',
    value: 'veto',
    effect: 'A missing or invalid mandatory member is a veto',
    why: 'a missing voice cannot approve',
  },
  LLM_DSPY_RUNTIME_MODE: {
    status: 'refused',
    former: 'disabled',
    instead: DEPRECATED_NAMES.LLM_DSPY_RUNTIME_MODE,
    why: 'Its modes contradicted each other, and none could be rehearsed in paper',
  },
  LLM_DSPY_ARTIFACT_HASH: {
    status: 'kept',
    former: null,
    default: null,
    bounds: '64 hex digits, lower-cased',
    effect: 'The artifact that serves, if its bytes hash to it and it may serve in this trading mode',
    why: 'Required: nothing runs that is not pinned',
  },
  LLM_DSPY_PROGRAM_NAME: {
    status: 'kept',
    former: 'trade-review-committee-v1',
    default: null,
    bounds: 'non-empty',
    effect: 'The program the artifact must be',
    why: 'Required, as a second witness beside the hash',
  },
  LLM_DSPY_SIGNATURE_VERSION: {
    status: 'kept',
    former: 'v1',
    default: null,
    bounds: 'non-empty',
    effect: 'The signature version the artifact must have',
    why: 'Required, as a second witness beside the hash',
  },
  LLM_DSPY_TIMEOUT_SECONDS: {
    status: 'kept',
    former: '8',
    default: null,
    bounds: 'above 0, at most 120',
    effect: 'The time a program has for its answer, connect and retries included; a caller may ask for less',
    why: 'Required. The call is aborted at the deadline, not measured after it',
  },
  LLM_DSPY_LIVE_RUNTIME_BLOCK_FAIL_MODE: {
    status: 'fixed',
    former: 'veto',
    value: 'veto',
    effect: 'An artifact that may not serve is a fallback, and so a veto of new risk',
    why: 'a blocked program lets nothing through, at no size',
  },
  LLM_DSPY_LIVE_RUNTIME_BLOCK_QTY_MULTIPLIER: {
    status: 'refused',
    former: '0.5',
    instead: 'a blocked program lets nothing through, at no size; remove it',
    why: 'It sized trades nobody had reviewed',
  },
  LLM_DSPY_COMPILE_METRICS_POLICY_REF: {
    status: 'kept',
    former: 'config/trading/llm/dspy-metrics.yaml',
    default: null,
    bounds: 'non-empty',
    effect: 'The metric policy lane runs are judged by',
    why: 'Required, so that the service and its lane runs cannot disagree',
  },
  LLM_DSPY_SECRET_BINDING_REF: {
    status: 'kept',
    former: 'codex-github-token',
    default: null,
    bounds: 'non-empty',
    effect: 'The secret binding lane runs are submitted with; a name, never a secret',
    why: 'Required, so that the service and its lane runs cannot disagree',
  },
  LLM_DSPY_AGENTRUN_TTL_SECONDS: {
    status: 'kept',
    former: '14400',
    default: null,
    bounds: '0..2592000, whole',
    effect: 'How long a finished lane run is kept, in seconds',
    why: 'Required, so that the service and its lane runs cannot disagree',
  },
  TRADING_MARKET_CONTEXT_REQUIRED: {
    status: 'kept',
    former: 'false',
    default: { paper: 'false', live: 'true' },
    bounds: '`true`, `false` (paper only)',
    effect: 'A request without market context is blocked',
    why: 'Live never decides blind',
  },
  TRADING_MARKET_CONTEXT_FAIL_MODE: {
    status: 'kept',
    former: 'shadow_only',
    default: { paper: 'shadow_only', live: 'fail_closed' },
    bounds: '`fail_closed`, `shadow_only` (paper only)',
    effect: 'Whether a context block vetoes (`fail_closed`) or is only recorded (`shadow_only`)',
    why: 'A block that passes the trade is no block, so live vetoes',
  },
  TRADING_MARKET_CONTEXT_MIN_QUALITY: {
    status: 'kept',
    former: '0.4',
    default: '0.4',
    bounds: SHARE,
    effect: 'A bundle with a lower quality score is blocked',
    why: 'Same meaning',
  },
  TRADING_MARKET_CONTEXT_MAX_STALENESS_SECONDS: {
    status: 'kept',
    former: '300',
    default: '300',
    bounds: '0..2592000, whole',
    effect: 'A bundle that is older is blocked',
    why: 'Same meaning',
  },
  JANGAR_BASE_URL: {
    status: 'kept',
    former: null,
    default: null,
    bounds: 'http or https and a host; path empty, `/openai/v1` or `/openai/v1/chat/completions`',
    effect: 'The one gateway every model call goes to',
    why: 'Required; credentials, query and fragment are refused',
  },
  JANGAR_API_KEY: {
    status: 'kept',
    former: null,
    default: null,
    bounds: 'non-empty when set',
    effect: 'Sent to the gateway as a bearer key; without it no key is sent',
    why: 'Same meaning, without a placeholder key; never logged',
  },
} as const satisfies Record<string, GuardrailName>

const REFUSED = new Map<string, string>([
  ...Object.entries(DEPRECATED_NAMES),
  ...Object.entries<GuardrailName>(GUARDRAIL_NAMES).flatMap(([name, row]): [string, string][] =>
    row.status === 'refused' ? [[name, row.instead]] : [],
  ),
])

/** True for a name that must not be set at all, whatever its value. */
export function isRefusedName(name: string): boolean {
  return REFUSED.has(name)
}

/**
 * One line for each name that is set although nothing reads it, or set to another value than the fixed one. A refused
 * name counts as set even when empty; an empty fixed one does not.
 */
export function guardrailProblems(env: Readonly<Record<string, string | undefined>>): string[] {
  const refused = [...REFUSED].filter(([name]) => env[name] !== undefined)
  return [...refused.map(([name, instead]) => `${name} is no longer read: ${instead}`), ...fixedProblems(env)]
}

function fixedProblems(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries<GuardrailName>(GUARDRAIL_NAMES).flatMap(([name, row]) => {
    const given = (env[name] ?? '').trim().toLowerCase()
    if (row.status !== 'fixed' || given === '' || given === row.value) return []
    return [`${name} is fixed at ${row.value}: ${row.why}; remove it or set it to ${row.value}`]
  })
}
