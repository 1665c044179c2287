import type { ChainReceipt } from '@torghut/contracts'
import type { PoolClient } from 'pg'

import type { JournalTrace } from '../audit/append-batch.ts'

/** Which of the reviews came out of a journal before, and where in a chain they stand. */
export async function findDrainedReviews(
  client: PoolClient,
  reviewIds: readonly string[],
): Promise<Map<string, ChainReceipt>> {
  const { rows } = await client.query<{ id: string; writer_id: string; seq: string; row_hash: string }>({
    name: 'find_drained_reviews',
    text: `SELECT reviews.id, writer_id, seq, row_hash FROM journal_entries
      JOIN llm_decision_reviews AS reviews ON reviews.id = review_id WHERE review_id = ANY ($1::uuid[])`,
    values: [reviewIds],
  })
  return new Map(rows.map(({ id, seq, ...rest }) => [id, { ...rest, seq: Number(seq) }]))
}

/** Notes that a stored review waited in a journal too. Nothing changes when that is noted already. */
export async function saveJournalEntry(
  client: PoolClient,
  reviewId: string,
  { journalId, position, checksum, journalledAt }: Omit<JournalTrace, 'answersKey'>,
): Promise<void> {
  await client.query({
    name: 'save_journal_entry',
    text: `INSERT INTO journal_entries (review_id, journal_id, position, checksum, journalled_at)
      VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    values: [reviewId, journalId, position, checksum, journalledAt],
  })
}
