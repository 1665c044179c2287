import type { ExportResult } from '@opentelemetry/core'
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { ReadableSpan, Sampler, SpanExporter } from '@opentelemetry/sdk-trace'

import type { TracingSettings } from './tracing-settings.ts'

/** Longest text on a span. Ours are hashes, ids and single words; longer ones were not meant to be there. */
const TEXT_LENGTH_MAX = 256

/** Told once when spans stop arriving, and `null` when they arrive again. */
export type OnExport = (error: Error | null) => void

/**
 * The OpenTelemetry SDK, sending batches over OTLP/HTTP as JSON to where `OTEL_EXPORTER_OTLP_*` points. A queue that is
 * full drops new spans. This file is loaded only when traces are asked for.
 */
export function exportingProvider(serviceName: string, settings: TracingSettings, onExport: OnExport): TracerProvider {
  const named = defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName }))
  return new TracerProvider({
    // `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` come last: the environment outranks us.
    resource: named.merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(settings.sampler),
    spanLimits: { attributeValueLengthLimit: TEXT_LENGTH_MAX },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: watched(new OTLPTraceExporter(), onExport),
        maxQueueSize: settings.queuedMax,
        maxExportBatchSize: settings.batchMax,
        scheduledDelayMillis: settings.delayMs,
        exportTimeoutMillis: settings.exportTimeoutMs,
      }),
    ],
  })
}

function samplerOf({ root, ratio, followsCaller }: TracingSettings['sampler']): Sampler {
  const samplers = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  }
  return followsCaller ? new ParentBasedSampler({ root: samplers[root]() }) : samplers[root]()
}

function watched(exporter: SpanExporter, onExport: OnExport): SpanExporter {
  let isFailing = false
  const note = ({ code, error }: ExportResult) => {
    const failed = code !== ExportResultCode.SUCCESS
    if (failed !== isFailing) onExport(failed ? (error ?? new Error('Export failed')) : null)
    isFailing = failed
  }
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        note(result)
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  }
}
