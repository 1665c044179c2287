import { setTimeout as sleep } from 'node:timers/promises'

import type { TracerProvider } from '@opentelemetry/api'
import { ProxyTracerProvider } from '@opentelemetry/api'

import { Tracer } from './tracer.ts'
import { planTracing } from './tracing-settings.ts'
import type { Environment } from './tracing-settings.ts'

/** How long a stopping process waits for its last spans to be taken, in milliseconds. */
const CLOSE_BUDGET_MS = 2_000

export interface TracingOptions {
  /** What the process is called, unless `OTEL_SERVICE_NAME` says otherwise. */
  serviceName: string
  /** The environment of this process: the exporter reads its own names (`OTEL_EXPORTER_OTLP_*`) from there too. */
  env: Environment
  /** Told once when traces cannot be sent, and `null` when they can again. */
  onExport(complaint: string | null): void
}

export interface Tracing {
  tracer: Tracer
  /** Sends what is queued, within 2 seconds; what is left then is lost. Never throws. */
  close(): Promise<void>
}

/**
 * Traces over OTLP when `OTEL_EXPORTER_OTLP_ENDPOINT` (or `…_TRACES_ENDPOINT`) is set; else spans are not even made.
 * A collector that is away costs a bounded queue and nothing else. Never throws for what the environment says.
 */
export async function startTracing({ serviceName, env, onExport }: TracingOptions): Promise<Tracing> {
  const plan = planTracing(env)
  if (!plan.on) {
    if (plan.complaint !== null) onExport(plan.complaint)
    return { tracer: idleTracer(), close: () => Promise.resolve() }
  }
  const { exportingProvider } = await import('./exporting-provider.ts')
  const provider = exportingProvider(serviceName, plan.settings, (error) => onExport(error?.message ?? null))
  return { tracer: tracerOf(provider), close: () => closeWithin(() => provider.shutdown()) }
}

/** A tracer that keeps nothing. */
export function idleTracer(): Tracer {
  return tracerOf(new ProxyTracerProvider())
}

function tracerOf(provider: TracerProvider): Tracer {
  return new Tracer(provider.getTracer('torghut'))
}

async function closeWithin(shutdown: () => Promise<void>): Promise<void> {
  await Promise.race([shutdown().catch(() => undefined), sleep(CLOSE_BUDGET_MS, undefined, { ref: false })])
}
