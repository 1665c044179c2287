import type { CircuitSnapshot, RuntimeEnvironment } from '@torghut/contracts'
import type { ReviewMetrics } from '@torghut/telemetry'

import type { ControlsView } from '../review/controls-view.ts'
import type { GatewayIdentity } from '../review/gateway-identity.ts'
import type { Serving, ServingArtifact } from '../review/serving-artifact.ts'
import { runtimeView } from './runtime-view.ts'
import type { RuntimeView } from './runtime-view.ts'
import { llmStatus } from './trading-status.ts'
import type { LlmStatus } from './trading-status.ts'

/** The parts of the process that know what a status tells. */
export interface StatusParts {
  environment: RuntimeEnvironment
  policyHash(): string
  serving: Pick<ServingArtifact, 'resolve'>
  controls: Pick<ControlsView, 'snapshot'>
  circuit(): CircuitSnapshot | null
  metrics: Pick<ReviewMetrics, 'policyResolutions'>
  identity: Pick<GatewayIdentity, 'simulated'>
}

export interface StatusSource {
  llm(): Promise<LlmStatus>
  runtime(): Promise<RuntimeView>
}

/** Gathers what the status routes and the guardrail gauges show, anew at each call. Never throws. */
export function statusSource(parts: StatusParts): StatusSource {
  const { environment, policyHash, serving, controls, circuit, metrics, identity } = parts
  return {
    llm: async () =>
      llmStatus({
        tradingMode: environment.policy.trading_mode,
        adjustmentAllowed: environment.policy.advice.adjustment_allowed,
        serving: await servingNow(serving),
        controls: controls.snapshot(),
        circuit: circuit(),
        resolutions: metrics.policyResolutions,
        simulated: identity.simulated,
      }),
    runtime: async () => runtimeView(environment, policyHash(), await servingNow(serving)),
  }
}

/** An artifact that cannot be looked up is one that is not served. */
async function servingNow(serving: Pick<ServingArtifact, 'resolve'>): Promise<Serving> {
  try {
    return await serving.resolve()
  } catch (error) {
    return { ok: false, cause: 'artifact_missing', detail: error instanceof Error ? error.message : String(error), arm: 'base' }
  }
}
