import type { ReviewMetrics } from '@torghut/telemetry'
import type { FastifyInstance } from 'fastify'

import type { Clock } from '../clock.ts'
import type { LlmStatus } from '../status/trading-status.ts'

export interface MetricsRouteDeps {
  metrics: ReviewMetrics
  clock: Clock
  status(): Promise<LlmStatus>
}

/** `/metrics` in Prometheus' text format; the gauges of the guardrails are set by the scrape itself. */
export function metricsRoutes(app: FastifyInstance, { metrics, clock, status }: MetricsRouteDeps): void {
  app.get('/metrics', async (_request, reply) => {
    metrics.showGuardrails(await status().then(toGauges, () => null), clock.now().getTime() / 1000)
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}

function toGauges(llm: LlmStatus): Parameters<ReviewMetrics['showGuardrails']>[0] {
  const { policy_resolution: resolution, circuit, guardrails } = llm
  return {
    enabled: llm.enabled,
    shadowMode: llm.shadow_mode,
    effectiveShadowMode: llm.effective_shadow_mode,
    rolloutStage: llm.rollout_stage,
    effectiveFailMode: llm.effective_fail_mode,
    classification: resolution.classification,
    policyExceptionActive: resolution.fail_mode_exception_active,
    policyViolationActive: resolution.fail_mode_violation_active,
    stagePolicyViolationActive: resolution.stage_policy_violation,
    governanceEvidenceComplete: guardrails.governance_evidence_complete,
    circuit: circuit === null ? null : { isOpen: circuit.open, cooldownSeconds: circuit.cooldown_remaining_seconds },
  }
}
