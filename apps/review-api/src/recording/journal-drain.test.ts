import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openTestStore, sampleEntry, samplePolicyBytes } from '@torghut/artifact-store/testing'
import type { TestStore } from '@torghut/artifact-store/testing'
import { canonicalJson, hashJson, sha256Hex } from '@torghut/contracts'
import { createLogger } from '@torghut/telemetry'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

import { DatabaseLink } from './database-link.ts'
import { JournalDrain } from './journal-drain.ts'
import { LocalJournal } from './local-journal.ts'

const SOON_MS = 20_000

let fixture: TestStore
beforeAll(async () => {
  fixture = await openTestStore()
})
afterAll(() => fixture.stop())

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torghut-drain-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function draining({ isThere = () => true }: { isThere?: () => boolean } = {}) {
  const settings = { storage: 'persistent', dataDir: folder, maxBytes: 1024 * 1024 } as const
  const monotonicMs = () => performance.now()
  const policyText = (hash: string) => (hash === sha256Hex(samplePolicyBytes) ? Buffer.from(samplePolicyBytes).toString() : null)
  const journal = new LocalJournal({ settings, policyText, now: () => new Date(), monotonicMs })
  const changes: (string | null)[] = []
  const link = new DatabaseLink({
    ping: () => (isThere() ? Promise.resolve() : Promise.reject(new Error('away'))),
    onChange: (reason) => void changes.push(reason),
  })
  const counts = { drained: 0, rejected: 0 }
  const metrics = { countDrained: (count: number) => void (counts.drained += count), countRejected: () => void (counts.rejected += 1) }
  const drain = new JournalDrain({
    journal,
    link,
    store: () => fixture.store,
    registerDrain: () => fixture.registerDrain(),
    metrics,
    logger: createLogger({ name: 'test', level: 'silent' }),
    monotonicMs,
  })
  return { journal, link, drain, counts, changes }
}

async function isTrue(condition: () => boolean): Promise<void> {
  for (const endsAt = performance.now() + SOON_MS; !condition(); ) {
    if (performance.now() > endsAt) throw new Error(`Not within ${SOON_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('the drain says that the database is back once a write came home, and not before', async () => {
  let isThere = false
  const { journal, link, drain, counts } = draining({ isThere: () => isThere })
  const entries = [sampleEntry(), sampleEntry()]
  for (const entry of entries) await journal.append(entry, SOON_MS)
  drain.start()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([link.away, journal.figures.entries]).toEqual(['not connected yet', 3])
  isThere = true
  await isTrue(() => counts.drained === 2)
  expect(journal.figures.entries).toBe(0)
  expect(link.away).toBeNull()
  expect(counts).toEqual({ drained: 2, rejected: 0 })
  for (const { record } of entries) expect(await fixture.store.findReview(record.review_id)).toMatchObject({ record })
  await drain.close(SOON_MS)
  await journal.close(SOON_MS)
})

test('the drain brings the policy of its reviews along', async () => {
  const policy = { any: 'policy that the database never saw' }
  const entry = sampleEntry()
  entry.record.lineage.policy_hash = hashJson(policy)
  const { journal, drain } = draining()
  const opened = await journal.open()
  const journalled_at = new Date().toISOString()
  await opened.append({ kind: 'policy', journalled_at, policy_hash: hashJson(policy), text: canonicalJson(policy) }, SOON_MS)
  await journal.append(entry, SOON_MS)
  drain.start()
  await isTrue(() => journal.figures.entries === 0)
  expect(await fixture.store.findReview(entry.record.review_id)).toMatchObject({ record: entry.record })
  await drain.close(SOON_MS)
  await journal.close(SOON_MS)
})

test('an entry that the database never takes is set aside with its bytes, and those behind it come home', async () => {
  const { journal, drain, counts } = draining()
  const stranger = sampleEntry()
  stranger.record.lineage.policy_hash = hashJson('a policy nobody knows')
  const good = sampleEntry()
  await journal.append(stranger, SOON_MS)
  await journal.append(good, SOON_MS)
  drain.start()
  await isTrue(() => counts.drained === 1)
  expect(counts).toEqual({ drained: 1, rejected: 1 })
  expect(journal.figures.entries).toBe(0)
  const aside = join(folder, 'journal', 'aside')
  const [name = ''] = readdirSync(aside)
  expect(JSON.parse(readFileSync(join(aside, name), 'utf8'))).toMatchObject({
    entry: { record: { review_id: stranger.record.review_id } },
  })
  expect(journal.figures.aside).toBe(1)
  await drain.close(SOON_MS)
  await journal.close(SOON_MS)
})

test('close() brings home what the time allows and leaves the rest when the database is away', async () => {
  const { journal, link, drain } = draining({ isThere: () => false })
  await journal.append(sampleEntry(), SOON_MS)
  drain.start()
  await drain.close(SOON_MS)
  expect([link.away, journal.figures.entries]).toEqual(['not connected yet', 2])
  await journal.close(SOON_MS)
  const next = draining()
  next.drain.start()
  await isTrue(() => next.counts.drained === 1)
  await next.drain.close(SOON_MS)
  await next.journal.close(SOON_MS)
})
