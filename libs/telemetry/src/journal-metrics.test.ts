import { Registry } from 'prom-client'
import { expect, test } from 'vitest'

import { JournalMetrics } from './journal-metrics.ts'

test('JournalMetrics shows the journal as it is at the scrape, and counts what went through it', async () => {
  const registry = new Registry()
  const look = { entries: 0, bytes: 0, oldestAgeSeconds: 0, aside: 0, isDatabaseAway: false }
  const metrics = new JournalMetrics(registry, () => look)
  Object.assign(look, { entries: 3, bytes: 4_096, oldestAgeSeconds: 1.5, aside: 1, isDatabaseAway: true })
  metrics.countWritten()
  metrics.countDrained(2)
  metrics.countRejected()
  metrics.countRefused()
  const text = await registry.metrics()
  for (const line of [
    'torghut_journal_entries 3',
    'torghut_journal_bytes 4096',
    'torghut_journal_oldest_age_seconds 1.5',
    'torghut_journal_aside_files 1',
    'torghut_database_away 1',
    'torghut_journal_written_total 1',
    'torghut_journal_drained_total 2',
    'torghut_journal_rejected_total 1',
    'torghut_journal_refused_total 1',
  ]) {
    expect(text).toContain(`\n${line}\n`)
  }
})
