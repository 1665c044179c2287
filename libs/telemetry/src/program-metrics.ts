import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** What one cache of program runs has done since the start, and what it holds. */
export interface CacheLook {
  memoryHits: number
  tierHits: number
  /** Runs that waited for another one's answer. */
  shared: number
  misses: number
  tierErrors: number
  entries: number
  bytes: number
}

/** What a scrape shows of program runs as they stand. */
export interface ProgramLook {
  caches: Readonly<Record<string, CacheLook>>
  /** Granted to runs now, and how many calls wait for a grant. */
  budget: { calls: number; tokens: number; waiting: number }
  /** Nodes whose breaker lets no call through. */
  openNodes: readonly string[]
}

const HITS = { memory: 'memoryHits', tier: 'tierHits', flight: 'shared' } as const satisfies Record<string, keyof CacheLook>

/** Caches, limits and node breakers of this process's program runs. */
export class ProgramMetrics {
  readonly #exceeded: Counter<string>

  /** `look` is asked at every scrape. */
  constructor(registry: Registry, look: () => ProgramLook) {
    const registers = [registry]
    exportCaches(registry, () => Object.entries(look().caches))
    const budget = (name: keyof ProgramLook['budget'], help: string) => {
      const shown: Gauge = new Gauge({ name: `torghut_program_budget_${name}`, help, registers, collect: () => shown.set(look().budget[name]) })
    }
    budget('calls', 'Model calls granted to runs now')
    budget('tokens', 'Tokens those calls may use')
    budget('waiting', 'Calls that wait for a grant')
    const open = new Gauge({
      name: 'torghut_program_node_breaker_open',
      help: '1 while the breaker of a node lets no call through; absent when closed',
      labelNames: ['breaker'],
      registers,
      collect: () => {
        open.reset()
        for (const breaker of look().openNodes) open.set({ breaker }, 1)
      },
    })
    this.#exceeded = new Counter({
      name: 'torghut_program_limit_exceeded_total',
      help: 'Runs that ended at a limit of theirs, by the limit',
      labelNames: ['kind'],
      registers,
    })
  }

  countExceeded(kind: string): void {
    this.#exceeded.inc({ kind })
  }
}

function exportCaches(registry: Registry, caches: () => [string, CacheLook][]): void {
  const registers = [registry]
  const counter = (name: keyof CacheLook, suffix: string, help: string) => {
    const shown = new Counter({
      name: `torghut_program_cache_${suffix}`,
      help,
      labelNames: ['cache'],
      registers,
      collect: () => {
        shown.reset()
        for (const [cache, counts] of caches()) shown.inc({ cache }, counts[name])
      },
    })
  }
  const hits = new Counter({
    name: 'torghut_program_cache_hits_total',
    help: 'Values that were there, by where: memory, the database, or a call under way',
    labelNames: ['cache', 'from'],
    registers,
    collect: () => {
      hits.reset()
      for (const [cache, counts] of caches()) {
        for (const [from, name] of Object.entries(HITS)) hits.inc({ cache, from }, counts[name])
      }
    },
  })
  counter('misses', 'misses_total', 'Values that had to be made')
  counter('tierErrors', 'database_errors_total', 'Values the database did not give or take')
  for (const name of ['entries', 'bytes'] as const) {
    const shown = new Gauge({
      name: `torghut_program_cache_${name}`,
      help: `Values in the memory of this process, in ${name}`,
      labelNames: ['cache'],
      registers,
      collect: () => {
        for (const [cache, counts] of caches()) shown.set({ cache }, counts[name])
      },
    })
  }
}
