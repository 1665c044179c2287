import { Registry } from 'prom-client'
import { expect, test } from 'vitest'

import { exportBreakers } from './breaker-metrics.ts'

const circuit = {
  open: true,
  open_until: '2026-03-02T12:10:00.000Z',
  opened_at: '2026-03-02T12:00:00.000Z',
  max_errors: 3,
  window_seconds: 300,
  cooldown_seconds: 600,
  cooldown_remaining_seconds: 540,
  open_seconds: 60,
  recent_error_count: 4,
}

test('exportBreakers() shows every breaker as it is at the scrape, and none that is gone', async () => {
  const registry = new Registry()
  let breakers = [{ key: 'gateway', circuit }]
  exportBreakers(registry, () => breakers)
  const first = await registry.metrics()
  expect(first).toContain('torghut_llm_circuit_open{breaker="gateway"} 1')
  expect(first).toContain('torghut_llm_circuit_cooldown_seconds{breaker="gateway"} 540')
  expect(first).toContain('torghut_llm_circuit_recent_errors{breaker="gateway"} 4')
  breakers = [{ key: 'artifact', circuit: { ...circuit, open: false } }]
  const second = await registry.metrics()
  expect(second).toContain('torghut_llm_circuit_open{breaker="artifact"} 0')
  expect(second).not.toContain('breaker="gateway"')
})
