import { canonicalJson, chainRowHash, sha256Hex } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { sampleRows } from '../testing/sample-rows.ts'
import { ChainScan } from './chain-scan.ts'
import type { ChainPoint, ScanResult } from './chain-scan.ts'
import { joinRuns } from './join-runs.ts'

type Rows = ReturnType<typeof sampleRows>

function scan({ writerId }: Rows, rows: Rows['rows'], points: ChainPoint[] = [], attestedSeq = 0): ScanResult {
  const chain = new ChainScan({ writerId, points, attestedSeq })
  for (const row of rows) chain.add(row)
  return chain.result
}

function faultsOf(chain: Rows, rows: Rows['rows'], points: ChainPoint[] = []) {
  const { findings, runs } = scan(chain, rows, points)
  const { writerId, genesisHash } = chain
  const attestedSeq = Math.max(0, ...points.map(({ seq }) => seq))
  const all = [...findings, ...joinRuns({ writerId, genesisHash, lastBatchSeq: chain.rows.length, attestedSeq }, runs)]
  return all.map(({ seq, last_seq, fault }) => (seq === last_seq ? `${fault} ${seq}` : `${fault} ${seq}-${last_seq}`))
}

/** The row with some columns changed, hashed again as somebody would who knows how. */
function rehashed(row: Rows['rows'][number], change: object): Rows['rows'][number] {
  const changed = { ...row, ...change }
  return { ...changed, row_hash: chainRowHash(changed) }
}

test('ChainScan and joinRuns() find nothing in a chain as it was written', () => {
  const chain = sampleRows(5)
  expect(faultsOf(chain, chain.rows)).toEqual([])
  expect(scan(chain, chain.rows).runs).toMatchObject([{ firstSeq: 1, lastSeq: 5, prevHash: chain.genesisHash }])
})

test('ChainScan finds a change of any column and of both byte columns at its row', () => {
  const chain = sampleRows(3)
  const row = chain.rows[1]!
  const columns = Object.keys(row) as (keyof typeof row)[]
  for (const column of columns) {
    const changed = { ...row, [column]: other(row[column]) }
    const found = faultsOf(chain, chain.rows.with(1, changed))
    expect([column, found.length > 0]).toEqual([column, true])
    if (column !== 'seq') expect(found[0]).toMatch(/ [23]$/)
  }
})

function other(value: unknown): unknown {
  if (value === null) return 'other'
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (value instanceof Date) return new Date(value.getTime() + 1)
  if (value instanceof Uint8Array) return Buffer.concat([value, Buffer.from(' ')])
  return Array.isArray(value) ? [...value, 'other'] : `${String(value)}0`
}

test('ChainScan names the column that does not repeat the bytes', () => {
  const chain = sampleRows(1)
  const { findings } = scan(chain, [{ ...chain.rows[0]!, rationale: 'other' }])
  expect(findings).toMatchObject([{ fault: 'column', column: 'rationale', seq: 1 }])
})

test('ChainScan finds bytes that are no review although every hash fits', () => {
  const chain = sampleRows(1)
  for (const text of ['', '{}', 'null', '[1']) {
    const response_bytes = Buffer.from(text)
    const row = rehashed(chain.rows[0]!, { response_bytes, record_hash: sha256Hex(response_bytes) })
    expect(faultsOf(chain, [row])).toEqual(['unreadable 1'])
  }
})

test('ChainScan does not throw for an instant that is none', () => {
  const chain = sampleRows(1)
  expect(faultsOf(chain, [{ ...chain.rows[0]!, valid_until: new Date(NaN) }])).toEqual(['row_hash 1'])
})

test('joinRuns() finds deleted rows, at the start, in the middle and at the end', () => {
  const chain = sampleRows(6)
  expect(faultsOf(chain, chain.rows.slice(2))).toEqual(['gap 1-2'])
  expect(faultsOf(chain, chain.rows.toSpliced(2, 1))).toEqual(['gap 3'])
  expect(faultsOf(chain, chain.rows.slice(0, 4))).toEqual(['tail 5-6'])
  expect(faultsOf(chain, [])).toEqual(['tail 1-6'])
})

test('ChainScan and joinRuns() find a row that was put in', () => {
  const chain = sampleRows(3)
  const copy = rehashed(chain.rows[1]!, { known_at: new Date(0) })
  expect(faultsOf(chain, [chain.rows[0]!, chain.rows[1]!, copy, chain.rows[2]!])).toEqual(['prev_hash 3', 'repeated 2'])
  const behind = rehashed(chain.rows[2]!, { seq: 4, prev_hash: chain.rows[2]!.row_hash })
  expect(faultsOf(chain, [...chain.rows, behind])).toEqual(['beyond 4'])
})

test('ChainScan finds rows that changed places, also hashed again', () => {
  const chain = sampleRows(4)
  const [first, second, third, fourth] = chain.rows as [Rows['rows'][0], Rows['rows'][0], Rows['rows'][0], Rows['rows'][0]]
  const swapped = [first, { ...third, seq: 2 }, { ...second, seq: 3 }, fourth]
  expect(faultsOf(chain, swapped)).toContain('row_hash 2')
  expect(faultsOf(chain, swapped)).toContain('row_hash 3')
  const again = [first, rehashed(third, { seq: 2, prev_hash: first.row_hash })]
  again.push(rehashed(second, { seq: 3, prev_hash: again[1]!.row_hash }), fourth)
  expect(faultsOf(chain, again)).toEqual(['prev_hash 4'])
})

test('a chain that was rewritten as a whole is found by a checkpoint, and only by one', () => {
  const chain = sampleRows(4)
  const points: ChainPoint[] = [{ seq: 3, rowHash: chain.rows[2]!.row_hash, from: 'checkpoint' }]
  let previous = chain.genesisHash
  const rewritten = chain.rows.map((row, index) => {
    const record = { ...(JSON.parse(row.response_bytes.toString()) as object), reason: 'other' }
    const response_bytes = Buffer.from(canonicalJson(record))
    const content = { response_bytes, record_hash: sha256Hex(response_bytes), reason: 'other' }
    const changed = rehashed(row, index === 0 ? { ...content, prev_hash: previous } : { prev_hash: previous })
    previous = changed.row_hash
    return changed
  })
  expect(faultsOf(chain, rewritten)).toEqual([])
  expect(faultsOf(chain, rewritten, points)).toEqual(['checkpoint 3'])
  expect(faultsOf(chain, chain.rows, points)).toEqual([])
})

test('joinRuns() joins parts that were read from different places', () => {
  const chain = sampleRows(7)
  const parts = [chain.rows.slice(4), chain.rows.slice(0, 2), chain.rows.slice(2, 4)]
  const expected = { writerId: chain.writerId, genesisHash: chain.genesisHash, lastBatchSeq: 7, attestedSeq: 0 }
  const runs = parts.flatMap((rows) => scan(chain, rows).runs)
  expect(joinRuns(expected, runs)).toEqual([])
  const broken = runs.with(2, { ...runs[2]!, prevHash: sha256Hex('other') })
  expect(joinRuns(expected, broken)).toMatchObject([{ fault: 'prev_hash', seq: 3 }])
  expect(joinRuns({ ...expected, genesisHash: sha256Hex('other') }, runs)).toMatchObject([{ fault: 'prev_hash', seq: 1 }])
})

test('ChainScan counts the rows behind the last attested place and keeps the time of the oldest', () => {
  const chain = sampleRows(5)
  const at = (index: number) => chain.rows[index]!.created_at.toISOString()
  expect(scan(chain, chain.rows, [], 3)).toMatchObject({ unattestedRows: 2, unattestedSince: at(3) })
  expect(scan(chain, chain.rows, [], 5)).toMatchObject({ unattestedRows: 0, unattestedSince: null })
})
