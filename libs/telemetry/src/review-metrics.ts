import type { ReviewRecord } from '@torghut/contracts'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

import { GuardrailGauges } from './guardrail-gauges.ts'
import type { GuardrailStatus } from './guardrail-gauges.ts'
import { EXPORTED_TWICE, LABELLED_COUNTERS, PLAIN_COUNTERS } from './review-counters.ts'
import type { CounterName, PlainCounter } from './review-counters.ts'
import { reviewEvents } from './review-events.ts'
import type { CounterStep } from './review-events.ts'

/** Every metric of a review starts so; dashboards and alerts of the service we succeed keep working. */
const PREFIX = 'torghut_trading_llm_'

/** What its exporter put before the names it offered again. */
const EXPORTER_PREFIX = 'torghut_llm_'

/** Upper bounds in seconds: fine around the fast path, coarse up to the longest program budget. */
const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 12, 20]

/** Reviews by how their fail mode came about. */
export interface PolicyResolutions {
  compliant: number
  intentional_exception: number
  violation: number
}

/** The metrics a review moves, in a registry of their own so that two apps in one process cannot collide. */
export class ReviewMetrics {
  readonly registry = new Registry()
  readonly #counters = new Map<CounterName, Counter<string>[]>()
  readonly #totals = new Map<CounterName, number>()
  readonly #latency: Histogram<string>
  readonly #activeArtifact: Gauge<string>
  readonly #gatePolicy: Gauge<string>
  readonly #committeeLatency: Gauge<string>
  readonly #vetoAlignment: Gauge<string>
  readonly #guardrails: GuardrailGauges

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'torghut_process_' })
    this.#latency = new Histogram({
      name: `${PREFIX}review_duration_seconds`,
      help: 'Time from receipt of a review to its recorded answer',
      labelNames: ['path'],
      buckets: LATENCY_BUCKETS,
      registers: [this.registry],
    })
    for (const [name, help] of Object.entries(PLAIN_COUNTERS)) this.#define(name as CounterName, help, [])
    for (const [name, [help, labels]] of Object.entries(LABELLED_COUNTERS)) this.#define(name as CounterName, help, labels)
    this.#activeArtifact = this.#gauge('torghut_active_artifact_info', 'The artifact this process serves, as labels; always 1', [
      'artifact_hash',
      'kind',
    ])
    this.#gatePolicy = this.#gauge('torghut_gate_policy_info', 'The gate policy in force, as a label; always 1', ['policy_hash'])
    this.#committeeLatency = this.#gauge(`${PREFIX}committee_latency_ms`, 'Latency of the last answer of a committee member', ['role'])
    this.#vetoAlignment = this.#gauge(
      `${PREFIX}committee_veto_alignment_rate`,
      'Share of mandatory committee vetoes that ended in a veto; 1 when there was none',
      [],
    )
    this.#vetoAlignment.set(1)
    this.#guardrails = new GuardrailGauges(this.registry)
  }

  /** How many reviews there were by how their fail mode came about; an exception or violation cannot occur. */
  get policyResolutions(): PolicyResolutions {
    return { compliant: this.#total('policy_resolution_total'), intentional_exception: 0, violation: 0 }
  }

  /** Counts one finished review. `durationSeconds` runs from receipt to the durable record. */
  countReview(record: ReviewRecord, durationSeconds: number): void {
    for (const step of reviewEvents(record)) this.#count(step)
    for (const { role, latency_ms: latencyMs } of Object.values(record.advice?.committee?.roles ?? {})) {
      if (latencyMs !== null) this.#committeeLatency.set({ role }, latencyMs)
    }
    const vetoes = this.#total('committee_veto_total')
    if (vetoes > 0) this.#vetoAlignment.set(this.#total('committee_veto_alignment_total') / vetoes)
    const path = record.llm_skipped ?? (record.fallback === null ? 'program' : 'fallback')
    this.#latency.observe({ path }, durationSeconds)
  }

  /** Counts a circuit breaker that this process saw open. */
  countCircuitOpened(): void {
    this.#count({ name: 'circuit_open_total' })
  }

  /** Names the artifact now served; the one before is forgotten. */
  showActiveArtifact(artifactHash: string, kind: string): void {
    this.#activeArtifact.reset()
    this.#activeArtifact.set({ artifact_hash: artifactHash, kind }, 1)
  }

  /** Names the gate policy now in force; the one before is forgotten. */
  showGatePolicy(policyHash: string): void {
    this.#gatePolicy.reset()
    this.#gatePolicy.set({ policy_hash: policyHash }, 1)
  }

  /** Sets the gauges of the guardrails; null when their state could not be read. `nowSeconds` counts from 1970. */
  showGuardrails(status: GuardrailStatus | null, nowSeconds: number): void {
    if (status === null) return this.#guardrails.showFailure()
    const totals = {
      requests: this.#total('requests_total'),
      errors: this.#total('error_total'),
      circuitOpen: this.#total('circuit_open_total'),
    }
    this.#guardrails.show(status, totals, nowSeconds)
  }

  #define(name: CounterName, help: string, labelNames: readonly string[]): void {
    const prefixes = EXPORTED_TWICE.includes(name as PlainCounter) ? [PREFIX, EXPORTER_PREFIX] : [PREFIX]
    const registers = [this.registry]
    const counters = prefixes.map((prefix) => new Counter({ name: `${prefix}${name}`, help, labelNames: [...labelNames], registers }))
    this.#counters.set(name, counters)
  }

  #count({ name, labels = {}, by = 1 }: CounterStep): void {
    for (const counter of this.#counters.get(name) ?? []) counter.inc(labels, by)
    this.#totals.set(name, this.#total(name) + by)
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge<string> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] })
  }

  #total(name: CounterName): number {
    return this.#totals.get(name) ?? 0
  }
}
