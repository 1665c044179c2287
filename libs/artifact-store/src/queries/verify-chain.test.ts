import { canonicalJson, sha256Hex } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { WriterNotFoundError } from '../errors.ts'
import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { sampleEntry } from '../testing/sample-review.ts'

let fixture: TestStore

beforeAll(async () => {
  fixture = await openTestStore()
})

afterAll(() => fixture.stop())

test('verifyChain() accepts a writer that wrote nothing', async () => {
  const { writerId } = await fixture.registerWriter()
  expect(await fixture.store.verifyChain(writerId)).toEqual({ rows: 0, ok: true })
})

test('verifyChain() accepts rows of every shape, and more of them than one page', async () => {
  const writer = await fixture.registerWriter()
  const shapes = [
    sampleEntry({ verdict: 'adjust' }),
    sampleEntry({ verdict: 'veto', adviceVerdict: 'escalate', reason: 'escalated' }),
    sampleEntry({ verdict: 'veto', adviceVerdict: null, fallbackCause: 'breaker_open' }),
    { ...sampleEntry(), shadowOf: sampleEntry().record.review_id, duplicateOf: sampleEntry().record.review_id },
  ]
  const many = Array.from({ length: 600 }, () => sampleEntry())
  await Promise.all([...shapes, ...many].map((entry) => writer.append(entry)))
  expect(await fixture.store.verifyChain(writer.writerId)).toEqual({ rows: 604, ok: true })
})

test('verifyChain() throws for a writer nobody registered', async () => {
  const nobody = '00000000-0000-4000-8000-000000000000'
  await expect(fixture.store.verifyChain(nobody)).rejects.toBeInstanceOf(WriterNotFoundError)
})

const forged = Buffer.from(canonicalJson(sampleEntry({ symbol: 'FAKE' }).record))

const forgedRecord = `response_bytes = '\\x${forged.toString('hex')}', record_hash = '${sha256Hex(forged)}'`

test.each([
  ['a verdict', "UPDATE llm_decision_reviews SET verdict = 'veto', adjusted_qty = NULL", 'row_hash'],
  ['a filter column', "UPDATE llm_decision_reviews SET symbol = 'AMD'", 'row_hash'],
  ['the time of the row', "UPDATE llm_decision_reviews SET created_at = created_at + interval '1 ms'", 'row_hash'],
  ['a rationale', "UPDATE llm_decision_reviews SET rationale = 'other'", 'column'],
  ['a quantity', 'UPDATE llm_decision_reviews SET adjusted_qty = 5.26', 'column'],
  ['a confidence', 'UPDATE llm_decision_reviews SET confidence = 0.9', 'column'],
  ['the record with its hash', `UPDATE llm_decision_reviews SET ${forgedRecord}`, 'row_hash'],
  ['a predecessor', "UPDATE llm_decision_reviews SET prev_hash = repeat('0', 64)", 'prev_hash'],
  ['a row away', 'DELETE FROM llm_decision_reviews', 'gap'],
])('verifyChain() finds out who changed %s', async (_what, forgery, fault) => {
  const writer = await fixture.registerWriter()
  for (let row = 0; row < 3; row += 1) await writer.append(sampleEntry({ verdict: 'adjust' }))
  await forge(`${forgery} WHERE writer_id = '${writer.writerId}' AND seq = 2`)
  const report = await fixture.store.verifyChain(writer.writerId)
  expect(report).toEqual({ rows: 1, ok: false, firstBroken: { seq: 2, fault } })
})

test('verifyChain() misses rows cut off at the end', async () => {
  const writer = await fixture.registerWriter()
  for (let row = 0; row < 3; row += 1) await writer.append(sampleEntry())
  await forge(`DELETE FROM llm_decision_reviews WHERE writer_id = '${writer.writerId}' AND seq = 3`)
  const report = await fixture.store.verifyChain(writer.writerId)
  expect(report).toEqual({ rows: 2, ok: false, firstBroken: { seq: 3, fault: 'tail' } })
})

/** What only a superuser can do: change a row with its triggers asleep. */
async function forge(sql: string): Promise<void> {
  const client = await fixture.superuser.connect()
  try {
    await client.query("SET session_replication_role = 'replica'")
    const { rowCount } = await client.query(sql)
    expect(rowCount).toBe(1)
  } finally {
    client.release(true)
  }
}
