import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { CheckpointChain } from '@torghut/audit'
import { CHAINED_COLUMNS, canonicalJson, chainRowHash } from '@torghut/contracts'
import type { ChainedRow } from '@torghut/contracts'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../docs/reference/audit-format.md', import.meta.url), 'utf8')
const [registration = '', row = '', checkpoint = ''] = [...page.matchAll(/```json\n(.*)\n```/g)].map(([, text]) => text ?? '')

/** The value in code behind some words of the page. */
function said(words: string): string {
  const at = page.indexOf(words)
  return /`([^`]+)`/.exec(page.slice(at + words.length))?.[1] ?? ''
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('the page’s genesis hash and row hash are those of its texts', () => {
  expect(sha256(registration)).toBe(said('Its genesis hash is'))
  expect(sha256(row)).toBe(said('Its `row_hash` is'))
  expect(JSON.parse(row)).toMatchObject({ seq: 1, prev_hash: said('Its genesis hash is') })
})

test('the page’s row is hashed by the product as the page says, with the columns it names', () => {
  const parsed = Object.entries(JSON.parse(row) as Record<string, unknown>)
  const withDates = parsed.map(([name, value]) => [name, name.endsWith('_at') || name === 'valid_until' ? new Date(String(value)) : value])
  expect(chainRowHash(Object.fromEntries(withDates) as ChainedRow)).toBe(said('Its `row_hash` is'))
  const listed = page.slice(page.indexOf('`id`, `trade_decision_id`'), page.indexOf('`prev_hash` is the `row_hash`'))
  expect([...listed.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name)).toEqual([...CHAINED_COLUMNS])
})

test('the page’s checkpoint is canonical, names the row, has the root of its heads and is signed', () => {
  const { checkpoint: read, fault } = new CheckpointChain().accept(Buffer.from(checkpoint))
  expect(fault).toBeNull()
  expect(read?.heads[0]).toMatchObject({ seq: 1, row_hash: said('Its `row_hash` is') })
  expect(canonicalJson(JSON.parse(checkpoint))).toBe(checkpoint)
  expect(sha256(checkpoint)).toBe(said('Its hash is'))
  const der = Buffer.from(said('DER of its public key in base64:'), 'base64')
  expect(createHash('sha256').update(der).digest('hex')).toBe(read?.key_id)
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  const signature = Buffer.from(said('and its signature, in base64,'), 'base64')
  expect(verify(null, Buffer.from(checkpoint), key, signature)).toBe(true)
})
