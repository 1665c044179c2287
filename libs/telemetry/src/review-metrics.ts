import type { FallbackCause, ReviewRecord } from '@torghut/contracts'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** Every metric of a review starts so; dashboards and alerts of the service we succeed keep working. */
const PREFIX = 'torghut_trading_llm_'

/** Upper bounds in seconds: fine around the fast path, coarse up to the longest program budget. */
const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 12, 20]

const ERROR_CAUSES: readonly FallbackCause[] = ['answer_missing', 'answer_ambiguous', 'answer_altered']

/** The counters a review moves, in a registry of their own so that two apps in one process cannot collide. */
export class ReviewMetrics {
  readonly registry = new Registry()
  readonly #counters = new Map<string, Counter<string>>()
  readonly #latency: Histogram<string>
  readonly #activeArtifact: Gauge<string>

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'torghut_process_' })
    this.#latency = new Histogram({
      name: `${PREFIX}review_duration_seconds`,
      help: 'Time from receipt of a review to its recorded answer',
      labelNames: ['path'],
      buckets: LATENCY_BUCKETS,
      registers: [this.registry],
    })
    this.#activeArtifact = new Gauge({
      name: 'torghut_active_artifact_info',
      help: 'The artifact this process serves, as labels; always 1',
      labelNames: ['artifact_hash', 'kind'],
      registers: [this.registry],
    })
    for (const [name, help] of PLAIN_COUNTERS) this.#define(name, help, [])
    for (const [name, help, labels] of LABELLED_COUNTERS) this.#define(name, help, labels)
  }

  /** Counts one finished review. `durationSeconds` runs from receipt to the durable record. */
  countReview(record: ReviewRecord, durationSeconds: number): void {
    const asked = record.usage !== null || record.fallback !== null || record.advice !== null
    if (asked) this.#count('requests_total')
    this.#count(`${record.verdict}_total`)
    if (record.advice?.verdict === 'abstain') this.#count('abstain_total')
    if (record.advice?.verdict === 'escalate') this.#count('escalate_total')
    if (record.fallback !== null) this.#countFallback(record.fallback.cause)
    if (record.usage !== null) {
      this.#count('tokens_prompt_total', {}, record.usage.tokens_prompt)
      this.#count('tokens_completion_total', {}, record.usage.tokens_completion)
    }
    if (record.llm_skipped !== null) this.#count('skipped_total', { reason: record.llm_skipped })
    for (const outcome of record.outcomes) {
      this.#count('gate_outcome_total', { gate: outcome.gate, passed: String(outcome.passed) })
      if (outcome.gate === 'market-context' && !outcome.passed) {
        this.#count('market_context_block_total')
        this.#count('market_context_reason_total', { reason: outcome.code })
      }
    }
    const path = record.llm_skipped ?? (record.fallback === null ? 'program' : 'fallback')
    this.#latency.observe({ path }, durationSeconds)
  }

  /** Names the artifact now served; the one before is forgotten. */
  showActiveArtifact(artifactHash: string, kind: string): void {
    this.#activeArtifact.reset()
    this.#activeArtifact.set({ artifact_hash: artifactHash, kind }, 1)
  }

  #countFallback(cause: FallbackCause): void {
    this.#count('error_total')
    this.#count('fallback_total', { cause })
    if (ERROR_CAUSES.includes(cause)) this.#count('parse_error_total')
    if (cause === 'advice_invalid' || cause === 'advice_incoherent') this.#count('validation_error_total')
  }

  #define(name: string, help: string, labelNames: readonly string[]): void {
    const counter = new Counter({ name: `${PREFIX}${name}`, help, labelNames: [...labelNames], registers: [this.registry] })
    this.#counters.set(name, counter)
  }

  #count(name: string, labels: Record<string, string> = {}, by = 1): void {
    this.#counters.get(name)?.inc(labels, by)
  }
}

const PLAIN_COUNTERS = [
  ['requests_total', 'Reviews in which the program was asked'],
  ['approve_total', 'Verdicts approve'],
  ['veto_total', 'Verdicts veto'],
  ['adjust_total', 'Verdicts adjust'],
  ['abstain_total', 'Advice abstain'],
  ['escalate_total', 'Advice escalate'],
  ['error_total', 'Reviews that ended in the deterministic fallback'],
  ['parse_error_total', 'Answers with no usable frame'],
  ['validation_error_total', 'Answers that broke the schema or contradicted themselves'],
  ['market_context_block_total', 'Reviews blocked by the market-context gate'],
  ['tokens_prompt_total', 'Prompt tokens as the gateway reports them'],
  ['tokens_completion_total', 'Completion tokens as the gateway reports them'],
] as const

const LABELLED_COUNTERS = [
  ['fallback_total', 'Deterministic fallbacks by cause', ['cause']],
  ['skipped_total', 'Reviews in which the model was skipped, by reason', ['reason']],
  ['gate_outcome_total', 'Gate outcomes', ['gate', 'passed']],
  ['market_context_reason_total', 'Market-context blocks by reason', ['reason']],
] as const
