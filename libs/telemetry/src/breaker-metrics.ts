import type { CircuitSnapshot } from '@torghut/contracts'
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** Exports the breakers of this process; they are asked at every scrape, since a cool-down runs by itself. */
export function exportBreakers(registry: Registry, breakers: () => readonly { key: string; circuit: CircuitSnapshot }[]): void {
  const gauge = (name: string, help: string, read: (circuit: CircuitSnapshot) => number) => {
    const labelled = new Gauge({
      name: `torghut_llm_circuit_${name}`,
      help,
      labelNames: ['breaker'],
      registers: [registry],
      collect: () => {
        labelled.reset()
        for (const { key, circuit } of breakers()) labelled.set({ breaker: key }, read(circuit))
      },
    })
  }
  gauge('open', '1 while a breaker lets no call through but a probe', ({ open }) => Number(open))
  gauge('cooldown_seconds', 'Seconds until a probe may go', (circuit) => circuit.cooldown_remaining_seconds)
  gauge('recent_errors', 'Failed calls of the whole fleet in the window', (circuit) => circuit.recent_error_count)
}
