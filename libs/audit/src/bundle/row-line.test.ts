import { expect, test } from 'vitest'

import { sampleRows } from '../testing/sample-rows.ts'
import { rowFromLine, rowToLine } from './row-line.ts'

test('rowFromLine() gives back every column of the row that rowToLine() wrote', () => {
  const [row] = sampleRows(1).rows
  expect(rowFromLine(rowToLine(row!))).toEqual(row)
})

test('rowToLine() writes one line, with instants and bytes as text', () => {
  const [row] = sampleRows(1).rows
  const line = rowToLine(row!)
  expect(line).not.toContain('\n')
  expect(JSON.parse(line)).toMatchObject({
    created_at: row!.created_at.toISOString(),
    request_bytes: Buffer.from(row!.request_bytes).toString('base64'),
    seq: 1,
  })
})
