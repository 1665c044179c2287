import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** What a scrape shows of the journal as it stands. */
export interface JournalLook {
  entries: number
  bytes: number
  /** Seconds since the oldest entry was journalled; 0 when there is none. */
  oldestAgeSeconds: number
  /** Files beside the journal that wait for a person. */
  aside: number
  isDatabaseAway: boolean
}

/** What reviews do while the database is away, and what became of them when it was back. */
export class JournalMetrics {
  readonly #written: Counter
  readonly #drained: Counter
  readonly #rejected: Counter
  readonly #refused: Counter

  /** `look` is asked at every scrape, since entries grow older by themselves. */
  constructor(registry: Registry, look: () => JournalLook) {
    const registers = [registry]
    const gauge = (name: string, help: string, read: (now: JournalLook) => number) => {
      const shown: Gauge = new Gauge({ name, help, registers, collect: () => shown.set(read(look())) })
    }
    gauge('torghut_journal_entries', 'Reviews and policies that wait in the local journal', ({ entries }) => entries)
    gauge('torghut_journal_bytes', 'Bytes of the local journal on disk', ({ bytes }) => bytes)
    gauge('torghut_journal_oldest_age_seconds', 'Age of the oldest waiting entry', (now) => now.oldestAgeSeconds)
    gauge('torghut_journal_aside_files', 'Files set aside beside the journal, for a person', ({ aside }) => aside)
    gauge('torghut_database_away', '1 while reviews are journalled', (now) => Number(now.isDatabaseAway))
    const counter = (name: string, help: string) => new Counter({ name: `torghut_journal_${name}`, help, registers })
    this.#written = counter('written_total', 'Reviews made durable in the local journal')
    this.#drained = counter('drained_total', 'Journalled reviews that came to the database')
    this.#rejected = counter('rejected_total', 'Journal entries set aside since the database never takes them')
    this.#refused = counter('refused_total', 'Reviews refused since nothing could record them')
  }

  countWritten(): void {
    this.#written.inc()
  }

  countDrained(count: number): void {
    this.#drained.inc(count)
  }

  countRejected(): void {
    this.#rejected.inc()
  }

  countRefused(): void {
    this.#refused.inc()
  }
}
