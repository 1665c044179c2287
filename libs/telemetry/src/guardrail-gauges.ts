import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** How reviews are guarded at the moment of a scrape. */
export interface GuardrailStatus {
  enabled: boolean
  shadowMode: boolean
  effectiveShadowMode: boolean
  rolloutStage: string
  effectiveFailMode: string
  classification: string
  policyExceptionActive: boolean
  policyViolationActive: boolean
  stagePolicyViolationActive: boolean
  governanceEvidenceComplete: boolean
  /** Null while no breaker has been asked. */
  circuit: { isOpen: boolean; cooldownSeconds: number } | null
}

/** Totals of this process that the ratios are made of. */
export interface GuardrailTotals {
  requests: number
  errors: number
  circuitOpen: number
}

/** Share of errors above which the contract's alert speaks. */
const ERROR_RATIO_ALERT = 0.15

/** An open circuit that stays so for this long is worth an alert, in seconds (contract, 7). */
const COOLDOWN_ALERT_SECONDS = 120

/** What dashboards compare the veto rate and the tokens of a request with (contract, 7). */
const VETO_RATE_BASELINE = 0.4
const TOKENS_PER_REQUEST_BUDGET = 800

/**
 * The gauges of the former exporter, under its prefix. Nothing is scraped in between any more: a scrape of us sets them.
 * Those of each breaker are elsewhere.
 */
export class GuardrailGauges {
  readonly #gauges: Map<string, Gauge<string>>

  constructor(registry: Registry) {
    this.#gauges = new Map(
      Object.entries(GAUGES).map(([name, [help, labels]]) => [
        name,
        new Gauge({ name: `torghut_llm_${name}`, help, labelNames: [...labels], registers: [registry] }),
      ]),
    )
    this.#set('veto_rate_baseline', VETO_RATE_BASELINE)
    this.#set('tokens_per_request_budget', TOKENS_PER_REQUEST_BUDGET)
  }

  /** Sets every gauge from one look. */
  show(status: GuardrailStatus, totals: GuardrailTotals, nowSeconds: number): void {
    const { circuit } = status
    const errorRatio = share(totals.errors, totals.requests)
    this.#set('guardrails_last_scrape_success', 1)
    this.#set('guardrails_last_scrape_ts_seconds', nowSeconds)
    this.#set('enabled', status.enabled)
    this.#set('shadow_mode', status.shadowMode)
    this.#set('effective_shadow_mode', status.effectiveShadowMode)
    this.#name('rollout_stage_info', { stage: status.rolloutStage })
    this.#name('effective_fail_mode_info', { fail_mode: status.effectiveFailMode })
    this.#name('policy_resolution_info', { classification: status.classification })
    this.#set('policy_exception_active', status.policyExceptionActive)
    this.#set('policy_violation_active', status.policyViolationActive)
    this.#set('stage_policy_violation_active', status.stagePolicyViolationActive)
    this.#set('governance_evidence_complete', status.governanceEvidenceComplete)
    this.#set('error_ratio', errorRatio)
    this.#set('circuit_open_ratio', share(totals.circuitOpen, totals.requests))
    this.#set('error_ratio_alert', errorRatio >= ERROR_RATIO_ALERT)
    this.#set('circuit_open_alert', circuit?.isOpen === true && circuit.cooldownSeconds >= COOLDOWN_ALERT_SECONDS)
  }

  /** The look failed: the gauges keep what they last knew, and this one says so. */
  showFailure(): void {
    this.#set('guardrails_last_scrape_success', 0)
  }

  #set(name: GaugeName, value: number | boolean): void {
    this.#gauges.get(name)?.set(Number(value))
  }

  /** A word as a label, always 1; the word before is forgotten. */
  #name(name: GaugeName, labels: Record<string, string>): void {
    const gauge = this.#gauges.get(name)
    gauge?.reset()
    gauge?.set(labels, 1)
  }
}

type GaugeName = keyof typeof GAUGES

const GAUGES = {
  guardrails_last_scrape_success: ['1 when the state behind these gauges could be read for this scrape', []],
  guardrails_last_scrape_ts_seconds: ['When it was last read, in seconds since 1970', []],
  enabled: ['Always 1: the program cannot be switched off', []],
  shadow_mode: ['Always 0: an answered verdict always binds', []],
  effective_shadow_mode: ['Always 0: an answered verdict always binds', []],
  rollout_stage_info: ['The promotion target artifacts are served under, as a label; always 1', ['stage']],
  effective_fail_mode_info: ['The fail mode in force, as a label; always 1', ['fail_mode']],
  policy_resolution_info: ['How the fail mode came about, as a label; always 1', ['classification']],
  policy_exception_active: ['Always 0: no exception to the fail mode exists', []],
  policy_violation_active: ['Always 0: the fail mode cannot differ from the expected one', []],
  stage_policy_violation_active: ['Always 0: no stage changes the fail mode', []],
  governance_evidence_complete: ['1 when the served artifact is a compiled one, which needs evidence to be served', []],
  veto_rate_baseline: ['Share of vetoes that alerts compare with', []],
  tokens_per_request_budget: ['Tokens a request may cost before alerts speak', []],
  error_ratio: ['Fallbacks per request since the process began', []],
  circuit_open_ratio: ['Openings of a circuit breaker per request since the process began', []],
  error_ratio_alert: ['1 from an error ratio of 0.15 on', []],
  circuit_open_alert: ['1 while the breaker is open with at least 120 s to go', []],
} as const satisfies Record<string, readonly [string, readonly string[]]>

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
