import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { openStore } from '@torghut/artifact-store'
import { ReviewAnswer } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { until } from './support/fleet.ts'
import { figure, openJournalDesk, post } from './support/journal-desk.ts'
import type { DeskApi, JournalDesk } from './support/journal-desk.ts'
import { randomFrom } from './support/seeded-random.ts'
import type { Random } from './support/seeded-random.ts'

/** Kills of this run; the proof asks for more, in parts with seeds of their own. */
const KILLS = Number(process.env['TORGHUT_KILLS'] ?? 20)
const SEED = Number(process.env['TORGHUT_KILL_SEED'] ?? 1)

/** A process that a kill point never comes for is killed all the same. */
const POINT_WITHIN_MS = 5_000

/** Callers that post one review after another. */
const CALLERS = 4

vi.setConfig({ testTimeout: 60_000 + KILLS * 15_000, hookTimeout: 60_000 })

let desk: JournalDesk
beforeAll(async () => {
  desk = await openJournalDesk()
  const first = await desk.start('data')
  await first.running.line('"msg":"Ready to review"')
  await first.stop()
})
afterAll(() => desk.close())

/** Answers of all processes, by the key they were asked with. */
const answers = new Map<string, ReviewAnswer[]>()

test(`kill -9 at ${KILLS} seeded points: no answer without a record, no record twice, none that stops the drain`, async ({
  task,
}) => {
  // The callers draw in the order they happen to come, so the points have numbers of their own.
  const random = randomFrom(SEED)
  const callersRandom = randomFrom(-SEED)
  const points: Record<string, number> = {}
  for (let kill = 0; kill < KILLS; kill += 1) {
    const point = choosePoint(random)
    points[point.name] = (points[point.name] ?? 0) + 1
    await liveUntil(point, random.whole(4, 40), callersRandom)
  }
  desk.cable.mend()
  const last = await desk.start('data')
  await last.running.line('"msg":"Ready to review"')
  await until(60_000, async () => [journalFolders().length, await figure(last, 'torghut_journal_entries')], ([folders, entries]) => folders === 1 && entries === 0)
  const found = await judge()
  await last.stop()
  expect(journalFolders()).toEqual([])
  Object.assign(task.meta, { figures: { kills: KILLS, ...found, ...points } })
})

/** Folders of journals, the dead processes' until they are taken over. */
function journalFolders(): string[] {
  return readdirSync(join(desk.folder, 'data/journal')).filter((name) => name !== 'aside')
}

/** Where a process is killed: what the database is like meanwhile, and what is waited for. */
interface KillPoint {
  name: string
  /** Whether the process begins cut off, and so journals. */
  cutAtFirst: boolean
  /** Whether the database comes back while it lives, so that it drains. */
  mends: boolean
  /** Resolves when the moment has come. */
  reached(api: DeskApi, seen: Seen): Promise<unknown>
}

interface Seen {
  answered(): number
}

function choosePoint(random: Random): KillPoint {
  const count = random.whole(1, 12)
  const heard = (from: 'process' | 'database', isPassed: boolean) => () => heardPieces(from, count * 10, isPassed)
  // Draining takes few pieces, and they come at once.
  const drained = (from: 'process' | 'database', isPassed: boolean) => () => heardPieces(from, count, isPassed)
  const points: KillPoint[] = [
    { name: 'after_an_answer', cutAtFirst: false, mends: false, reached: (_api, seen) => answered(seen, count) },
    { name: 'before_the_database_hears', cutAtFirst: false, mends: false, reached: heard('process', false) },
    { name: 'once_the_database_heard', cutAtFirst: false, mends: false, reached: heard('process', true) },
    { name: 'before_the_process_hears', cutAtFirst: false, mends: false, reached: heard('database', false) },
    { name: 'while_journalling', cutAtFirst: true, mends: false, reached: () => journalGrown(count) },
    { name: 'after_a_journalled_answer', cutAtFirst: true, mends: false, reached: (_api, seen) => answered(seen, count) },
    { name: 'while_draining_heard', cutAtFirst: true, mends: true, reached: drained('process', true) },
    { name: 'while_draining_unheard', cutAtFirst: true, mends: true, reached: drained('database', false) },
    { name: 'at_a_moment', cutAtFirst: random.whole(0, 1) === 1, mends: true, reached: () => sleep(count * 40) },
  ]
  return points[random.whole(0, points.length - 1)]!
}

/** One life: start, decide, meet the point, die. One that mends its database first journals so many answers. */
async function liveUntil(point: KillPoint, journalledFirst: number, random: Random): Promise<void> {
  if (point.cutAtFirst) desk.cable.cut()
  else desk.cable.mend()
  const api = await desk.start('data')
  if (!point.cutAtFirst) await api.running.line('"msg":"Ready to review"')
  const life = new AbortController()
  let answeredCount = 0
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!life.signal.aborted) {
      if (await decideOnce(api, random)) answeredCount += 1
      else await sleep(5)
    }
  })
  const seen = { answered: () => answeredCount }
  if (point.mends) {
    await within(answered(seen, journalledFirst))
    desk.cable.mend()
  }
  await within(point.reached(api, seen))
  await api.kill()
  desk.cable.listen(null)
  life.abort()
  await Promise.all(callers)
}

/** Posts a new decision, or now and then an earlier one again; true when it was answered. */
async function decideOnce(api: DeskApi, random: Random): Promise<boolean> {
  const earlier = [...answers.keys()]
  const repeats = earlier.length > 0 && random.whole(0, 9) === 0
  const key = repeats ? earlier[random.whole(0, earlier.length - 1)]! : random.uuid()
  const answered = await post(api, key).catch(() => null)
  if (answered?.status !== 200) return false
  const review = ReviewAnswer.parse(answered.body)
  answers.set(key, [...(answers.get(key) ?? []), review])
  return true
}

function heardPieces(from: 'process' | 'database', count: number, isPassed: boolean): Promise<null> {
  const reached = Promise.withResolvers<null>()
  let heard = 0
  desk.cable.listen((piece) => {
    if (piece.from === from) heard += 1
    if (heard < count) return true
    reached.resolve(null)
    return isPassed
  })
  return reached.promise
}

async function answered(seen: Seen, count: number): Promise<void> {
  while (seen.answered() < count) await sleep(1)
}

/** Waits until the journal on the disk has grown so often; the process may be anywhere in its next write then. */
async function journalGrown(times: number): Promise<void> {
  let size = journalBytes()
  for (let grown = 0; grown < times; ) {
    await sleep(1)
    const now = journalBytes()
    if (now > size) grown += 1
    size = now
  }
}

function journalBytes(): number {
  const root = join(desk.folder, 'data/journal')
  if (!existsSync(root)) return 0
  const files = namesIn(root).filter((name) => name.endsWith('.journal'))
  return files.reduce((sum, name) => sum + (statSync(join(root, name), { throwIfNoEntry: false })?.size ?? 0), 0)
}

/** A folder that is taken over may go while it is read; then what was seen before counts. */
function namesIn(root: string): string[] {
  try {
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}

async function within(work: Promise<unknown>): Promise<void> {
  await Promise.race([work, sleep(POINT_WITHIN_MS)])
}

/** Holds everything that was answered against what the database has; returns how much there was. */
async function judge(): Promise<Record<string, number>> {
  const { rows } = await desk.database.query(
    'SELECT id, idempotency_key AS key, duplicate_of, verdict FROM llm_decision_reviews',
  )
  const byId = new Map(rows.map((row) => [row.id as string, row]))
  expect(byId.size).toBe(rows.length)
  const said = [...answers.values()].flat()
  expect(said.filter(({ review_id }) => !byId.has(review_id))).toEqual([])
  const { rows: keys } = await desk.database.query('SELECT key, review_id FROM review_keys WHERE review_id IS NOT NULL')
  const answerOf = new Map(keys.map(({ key, review_id }) => [key as string, review_id as string]))
  for (const { id, key, duplicate_of: first } of rows) expect(first ?? id).toBe(answerOf.get(key))
  for (const [key, reviews] of answers) {
    for (const { review_id } of reviews) expect(byId.get(review_id)?.key).toBe(key)
  }
  const receipts = said.flatMap(({ review_id, receipt }) => ('checksum' in receipt ? [[review_id, receipt.checksum]] : []))
  const { rows: traces } = await desk.database.query('SELECT review_id, checksum FROM journal_entries')
  const checksumOf = new Map(traces.map(({ review_id, checksum }) => [review_id as string, checksum as string]))
  for (const [reviewId, checksum] of receipts) expect(checksumOf.get(reviewId!)).toBe(checksum)
  const store = await openStore({ applicationUrl: desk.server.urls.application })
  for (const { writerId } of await store.listWriters()) {
    expect(await store.verifyChain(writerId)).toMatchObject({ ok: true })
  }
  await store.close()
  return { answers: said.length, rows: rows.length, journalled_answers: receipts.length, drained_rows: traces.length }
}
