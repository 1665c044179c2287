import { randomUUID } from 'node:crypto'

import type { RuntimeEnvironment } from '@torghut/contracts'
import { ENGINE_VERSION } from '@torghut/gates'
import { JournalMetrics } from '@torghut/telemetry'
import type { Logger, ReviewMetrics, Tracer } from '@torghut/telemetry'

import { systemClock } from '../clock.ts'
import type { LateStore } from '../late-store.ts'
import type { ReadinessCheck } from '../routes/health.ts'
import { traceRecording } from '../tracing/trace-review.ts'
import { DatabaseLink } from './database-link.ts'
import { JournalDrain } from './journal-drain.ts'
import { LocalJournal } from './local-journal.ts'
import type { PolicyText } from './local-journal.ts'
import { Recorder } from './recorder.ts'
import type { ReviewRecording } from './recorder.ts'

/** How long a stop may spend bringing the journal home, and waiting for the disk, in milliseconds. */
const DRAIN_ON_CLOSE_MS = 2_000
const DISK_ON_CLOSE_MS = 1_000

export interface RecordingParts {
  late: LateStore
  policyText: PolicyText
  /** Stores the policies that reviews name and the database lacks; null when it has them all. */
  savePolicies(): Promise<void> | null
  metrics: ReviewMetrics
  logger: Logger
  tracer: Tracer
}

/** Joins the database, the journal and what carries from one to the other. */
export function wireRecording(environment: RuntimeEnvironment, { late, policyText, savePolicies, metrics, logger, tracer }: RecordingParts) {
  const { now, monotonicMs } = systemClock
  const journal = new LocalJournal({ settings: environment.journal, policyText, now, monotonicMs })
  const link = new DatabaseLink({
    ping: (timeoutMs) => late.ping(timeoutMs),
    onChange: (reason) => {
      if (reason === null) logger.info({}, 'Database is back')
      else logger.warn({ reason }, 'Database is away; reviews are journalled')
    },
  })
  const journalMetrics = new JournalMetrics(metrics.registry, () => lookAt(journal, link))
  const registerDrain = () => {
    const facts = { writerId: randomUUID(), engineVersion: ENGINE_VERSION, startedAt: now() }
    return late.current().store.registerDrain(facts)
  }
  const store = () => late.current().store
  const drain = new JournalDrain({ journal, link, store, registerDrain, metrics: journalMetrics, logger, monotonicMs })
  const recorder = new Recorder({
    recording: policiesFirst(savePolicies, traceRecording(tracer, late.current)),
    link,
    journal,
    metrics: journalMetrics,
    mode: environment.policy.trading_mode,
    monotonicMs,
    onJournalled: () => drain.wake(),
  })
  return {
    recorder,
    readiness: readinessOf(late, link, journal),
    /** Opens the journal, takes over what dead processes left, and begins to look for the database. */
    start: () => drain.start(),
    /** Told once the database can be written to for the first time. */
    connected: () => link.markBack(),
    /** False when a write hangs on the disk: then the process cannot end by itself. */
    close: async (): Promise<boolean> => {
      await drain.close(DRAIN_ON_CLOSE_MS)
      const { entries } = journal.figures
      if (entries > 0) logger.warn({ entries }, 'Journal keeps what the database did not take; the next start brings it home')
      return await journal.close(DISK_ON_CLOSE_MS)
    },
  }
}

/** No review reaches the database before the policy it names. */
function policiesFirst(savePolicies: RecordingParts['savePolicies'], recording: () => ReviewRecording): () => ReviewRecording {
  return () => {
    const { store, writer } = recording()
    const append: ReviewRecording['writer']['append'] = async (entry) => {
      await savePolicies()
      return await writer.append(entry)
    }
    return { store, writer: { append } }
  }
}

/**
 * The first readiness needs a place that a restart does not lose: the database, or a journal on persistent storage. An
 * absent database and waiting entries are told all the same, as what is degraded.
 */
function readinessOf(late: LateStore, link: DatabaseLink, journal: LocalJournal): ReadinessCheck[] {
  const database = async () => (await late.check()) ?? link.away
  return [
    { name: 'database', check: database, advisory: journal.isPersistent },
    {
      name: 'recording',
      check: async () => {
        if (journal.complaint === null || (await database()) === null) return null
        return `neither the database nor the journal can record: ${journal.complaint}`
      },
    },
    { name: 'journal', check: () => Promise.resolve(journalComplaint(journal)), advisory: true },
  ]
}

function journalComplaint(journal: LocalJournal): string | null {
  if (journal.complaint !== null) return journal.complaint
  const { entries, oldestAt, aside } = journal.figures
  if (entries > 0) return `${entries} entries wait for the database, the oldest since ${oldestAt}`
  return aside > 0 ? `${aside} files lie aside for a person to look at` : null
}

function lookAt(journal: LocalJournal, link: DatabaseLink) {
  const { oldestAt, ...figures } = journal.figures
  const oldestAgeSeconds = oldestAt === null ? 0 : Math.max(0, Date.now() - Date.parse(oldestAt)) / 1000
  return { ...figures, oldestAgeSeconds, isDatabaseAway: link.away !== null }
}
