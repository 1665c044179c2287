import { randomUUID } from 'node:crypto'

import type { Feedback } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { sampleEntry } from '../testing/sample-review.ts'

let fixture: TestStore
const reviewed = sampleEntry()

beforeAll(async () => {
  fixture = await openTestStore()
  await (await fixture.registerWriter()).append(reviewed)
})

afterAll(() => fixture.stop())

function feedback(changes: Partial<Feedback> = {}): Feedback {
  return {
    feedback_id: randomUUID(),
    trade_decision_id: reviewed.record.trade_decision_id,
    source: { kind: 'desk_rule', id: 'earnings-blackout' },
    label: 'veto',
    reason: 'Earnings tomorrow',
    known_at: '2026-03-02T16:05:00.123456Z',
    ...changes,
  }
}

test('saveFeedback() accepts new feedback, counts it again as duplicate and keeps it as it was sent', async () => {
  const items = [feedback(), feedback({ source: { kind: 'person', id: 'ana' }, label: 'approve', reason: '' })]
  expect(await fixture.store.saveFeedback(items)).toEqual({ accepted: 2, duplicates: 0, rejected: [] })
  expect(await fixture.store.saveFeedback([...items, feedback()])).toEqual({ accepted: 1, duplicates: 2, rejected: [] })
  const { rows } = await fixture.application.query('SELECT * FROM feedback WHERE feedback_id = $1', [items[1]?.feedback_id])
  expect(rows[0]).toMatchObject({ source_kind: 'person', source_id: 'ana', label: 'approve', reason: '' })
  expect(JSON.parse(rows[0].bytes.toString())).toEqual(items[1])
})

test('saveFeedback() refuses an unknown decision and other content under a known id, one by one', async () => {
  const first = feedback()
  const answer = await fixture.store.saveFeedback([
    first,
    feedback({ trade_decision_id: randomUUID() }),
    { ...first, label: 'approve' },
    feedback(),
  ])
  expect(answer).toMatchObject({ accepted: 2, duplicates: 0 })
  expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
    [1, 'unknown_decision'],
    [2, 'feedback_conflict'],
  ])
})
