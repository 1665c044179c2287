import { Registry } from 'prom-client'
import { expect, test } from 'vitest'

import { ProgramMetrics } from './program-metrics.ts'

const NOTHING = { memoryHits: 0, tierHits: 0, shared: 0, misses: 0, tierErrors: 0, entries: 0, bytes: 0 }

test('ProgramMetrics shows caches, budget and open breakers as they are at the scrape', async () => {
  const registry = new Registry()
  let look = {
    caches: { node: { ...NOTHING, memoryHits: 3, tierHits: 2, shared: 1, misses: 4, tierErrors: 5, entries: 6, bytes: 700 } },
    budget: { calls: 2, tokens: 900, waiting: 1 },
    openNodes: ['node a'],
  }
  const metrics = new ProgramMetrics(registry, () => look)
  metrics.countExceeded('tokens')
  const first = await registry.metrics()
  for (const line of [
    'torghut_program_cache_hits_total{cache="node",from="memory"} 3',
    'torghut_program_cache_hits_total{cache="node",from="tier"} 2',
    'torghut_program_cache_hits_total{cache="node",from="flight"} 1',
    'torghut_program_cache_misses_total{cache="node"} 4',
    'torghut_program_cache_database_errors_total{cache="node"} 5',
    'torghut_program_cache_entries{cache="node"} 6',
    'torghut_program_cache_bytes{cache="node"} 700',
    'torghut_program_budget_calls 2',
    'torghut_program_budget_tokens 900',
    'torghut_program_budget_waiting 1',
    'torghut_program_node_breaker_open{breaker="node a"} 1',
    'torghut_program_limit_exceeded_total{kind="tokens"} 1',
  ]) expect(first).toContain(line)
  look = { ...look, caches: { node: { ...look.caches.node, misses: 9 } }, openNodes: [] }
  const second = await registry.metrics()
  expect(second).toContain('torghut_program_cache_misses_total{cache="node"} 9')
  expect(second).not.toContain('breaker="node a"')
})
