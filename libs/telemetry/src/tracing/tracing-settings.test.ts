import { expect, test } from 'vitest'

import { planTracing } from './tracing-settings.ts'

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }

const OFF = { on: false, complaint: null }

test.each([
  ['nothing is set', {}],
  ['the endpoint is blank', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
  ['the SDK is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }],
  ['traces have no exporter', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
])('planTracing() is off without a complaint when %s', (_what, env) => {
  expect(planTracing(env)).toEqual(OFF)
})

test.each(['collector:4318', 'grpc://collector:4317', 'no address'])('planTracing() complains about the endpoint "%s"', (endpoint) => {
  const plan = planTracing({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint })
  expect(plan).toEqual({ on: false, complaint: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not an http address' })
})

test('planTracing() takes the defaults of the specification', () => {
  expect(planTracing(ENDPOINT)).toEqual({
    on: true,
    settings: {
      sampler: { root: 'always_on', ratio: 1, followsCaller: true },
      queuedMax: 2_048,
      batchMax: 512,
      delayMs: 5_000,
      exportTimeoutMs: 30_000,
    },
  })
  expect(planTracing({ ...ENDPOINT, OTEL_SDK_DISABLED: 'false' }).on).toBe(true)
})

test.each([
  ['parentbased_traceidratio', '0.25', { root: 'traceidratio', ratio: 0.25, followsCaller: true }],
  ['always_off', undefined, { root: 'always_off', ratio: 1, followsCaller: false }],
  ['traceidratio', '1.5', { root: 'traceidratio', ratio: 1, followsCaller: false }],
  ['jaeger_remote', undefined, { root: 'always_on', ratio: 1, followsCaller: true }],
])('planTracing() reads the sampler %s with %s', (sampler, ratio, expected) => {
  const plan = planTracing({ ...ENDPOINT, OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio })
  expect(plan).toMatchObject({ settings: { sampler: expected } })
})

test.each([
  ['65536', 65_536],
  ['65537', 2_048],
  ['1', 1],
  ['0', 2_048],
  ['many', 2_048],
])('planTracing() bounds a queue of %s to %d', (text, queuedMax) => {
  const plan = planTracing({ ...ENDPOINT, OTEL_BSP_MAX_QUEUE_SIZE: text })
  expect(plan).toMatchObject({ settings: { queuedMax, batchMax: Math.min(queuedMax, 512) } })
})
