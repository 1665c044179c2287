/** Where a process's environment comes from; a blank value counts as none, as OpenTelemetry asks. */
export type Environment = Readonly<Record<string, string | undefined>>

export type SamplerName = 'always_on' | 'always_off' | 'traceidratio'

/** What the standard `OTEL_*` names say about traces. The exporter reads its own (`OTEL_EXPORTER_OTLP_*`). */
export interface TracingSettings {
  sampler: { root: SamplerName; ratio: number; followsCaller: boolean }
  queuedMax: number
  batchMax: number
  delayMs: number
  exportTimeoutMs: number
}

/** On with its settings, or off; `complaint` says why traces that were asked for cannot be sent. */
export type TracingPlan = { on: true; settings: TracingSettings } | { on: false; complaint: string | null }

const ENDPOINT_NAMES = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']

/** Largest queue anybody may ask for: a span is about 1 KiB, so 64 MiB at the very most. */
const QUEUED_LIMIT = 65_536

/** Longest time in milliseconds a number of the environment may say. */
const MS_LIMIT = 600_000

/** Reads whether and how to trace. A number that cannot be used counts as not set: traces never stop a review plane. */
export function planTracing(env: Environment): TracingPlan {
  const isOff = read(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || read(env, 'OTEL_TRACES_EXPORTER') === 'none'
  const name = isOff ? undefined : ENDPOINT_NAMES.find((candidate) => read(env, candidate) !== undefined)
  if (name === undefined) return { on: false, complaint: null }
  if (!isHttpAddress(read(env, name) ?? '')) return { on: false, complaint: `${name} is not an http address` }
  const queuedMax = readCount(env, 'OTEL_BSP_MAX_QUEUE_SIZE', 2_048, QUEUED_LIMIT)
  const settings = {
    sampler: readSampler(env),
    queuedMax,
    batchMax: Math.min(queuedMax, readCount(env, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, QUEUED_LIMIT)),
    delayMs: readCount(env, 'OTEL_BSP_SCHEDULE_DELAY', 5_000, MS_LIMIT),
    exportTimeoutMs: readCount(env, 'OTEL_BSP_EXPORT_TIMEOUT', 30_000, MS_LIMIT),
  }
  return { on: true, settings }
}

function isHttpAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** The default of the specification: record everything, unless the caller decided not to. */
function readSampler(env: Environment): TracingSettings['sampler'] {
  const found = /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(read(env, 'OTEL_TRACES_SAMPLER') ?? '')
  const root = found === null ? 'always_on' : (found[2] as SamplerName)
  const ratio = Number(read(env, 'OTEL_TRACES_SAMPLER_ARG') ?? 1)
  return { root, ratio: ratio >= 0 && ratio <= 1 ? ratio : 1, followsCaller: found === null || found[1] !== undefined }
}

function readCount(env: Environment, name: string, usual: number, limit: number): number {
  const value = Number(read(env, name) ?? Number.NaN)
  return Number.isInteger(value) && value > 0 && value <= limit ? value : usual
}

function read(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}
