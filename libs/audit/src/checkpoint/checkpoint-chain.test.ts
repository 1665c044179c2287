import { generateKeyPairSync, randomUUID } from 'node:crypto'

import { canonicalJson, sha256Hex } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { CheckpointRefusedError, SigningKeyInvalidError } from '../errors.ts'
import { CheckpointChain } from './checkpoint-chain.ts'
import { COMPLETE_EVERY, NO_CHECKPOINT } from './checkpoint.ts'
import type { Checkpoint, CheckpointHead } from './checkpoint.ts'
import { LogHash } from './log-hash.ts'
import { isSignedBy, publicPem, readSigningKey, readTrustedKey, signBytes } from './signing-key.ts'

const KEY_ID = sha256Hex('key')
const writers = Array.from({ length: 3 }, () => randomUUID())

function head(writer: number, seq: number): CheckpointHead {
  return { writer_id: writers[writer]!, seq, row_hash: sha256Hex(`${writer}:${seq}`) }
}

const bytesOf = (checkpoint: Checkpoint) => Buffer.from(canonicalJson(checkpoint))

/** Takes and accepts a checkpoint for each list of heads. */
function taken(chain: CheckpointChain, ...moments: CheckpointHead[][]): Checkpoint[] {
  return moments.map((heads) => {
    const takenAt = '2026-03-02T15:04:05.000Z'
    const checkpoint = chain.next({ takenAt, heads, logs: [], keyId: KEY_ID })
    expect(chain.accept(bytesOf(checkpoint)).fault).toBeNull()
    return checkpoint
  })
}

test('next() lists all heads first, then only those that moved or are new', () => {
  const [first, second, third] = taken(
    new CheckpointChain(),
    [head(0, 1), head(1, 0)],
    [head(0, 1), head(1, 4)],
    [head(0, 1), head(1, 4), head(2, 2)],
  )
  expect(first).toMatchObject({ number: 1, complete: true, previous_hash: NO_CHECKPOINT, writers: 2, rows: 1 })
  expect(second).toMatchObject({ number: 2, complete: false, heads: [head(1, 4)], writers: 2, rows: 5 })
  expect(third).toMatchObject({ heads: [head(2, 2)], writers: 3, rows: 7, previous_hash: sha256Hex(bytesOf(second!)) })
})

test('accept() lets a reader begin with a complete checkpoint in the middle', () => {
  const heads = [head(0, 3), head(1, 1)]
  const all = taken(new CheckpointChain(), ...Array<CheckpointHead[]>(COMPLETE_EVERY + 2).fill(heads))
  const [complete, next] = all.slice(COMPLETE_EVERY)
  expect(complete).toMatchObject({ number: COMPLETE_EVERY + 1, complete: true })
  const reader = new CheckpointChain()
  expect(reader.accept(bytesOf(complete!)).fault).toBeNull()
  expect(reader.accept(bytesOf(next!)).fault).toBeNull()
  expect(new CheckpointChain().accept(bytesOf(next!)).fault).toBe('number')
})

test.each([
  ['shorter', [head(0, 2), head(1, 1)]],
  ['replaced at its end', [{ ...head(0, 3), row_hash: sha256Hex('other') }, head(1, 1)]],
  ['gone', [head(0, 3)]],
])('next() refuses to sign when a chain is %s', (_how, heads) => {
  const chain = new CheckpointChain()
  taken(chain, [head(0, 3), head(1, 1)])
  const next = () => chain.next({ takenAt: '2026-03-02T15:05:05.000Z', heads, logs: [], keyId: KEY_ID })
  expect(next).toThrow(CheckpointRefusedError)
})

test.each<[string, (checkpoint: Checkpoint) => Partial<Checkpoint>]>([
  ['number', ({ number }) => ({ number: number + 1 })],
  ['previous_hash', () => ({ previous_hash: sha256Hex('other') })],
  ['merkle_root', () => ({ merkle_root: sha256Hex('other') })],
  ['merkle_root', () => ({ heads: [head(1, 3)] })],
  ['head_moved_back', () => ({ heads: [head(1, 1)] })],
  ['heads', ({ writers: count }) => ({ writers: count + 1 })],
  ['heads', () => ({ heads: [head(1, 4), head(1, 4)] })],
  ['unreadable', () => ({ taken_at: 'yesterday' })],
])('accept() finds a forged %s', (fault, forge) => {
  const chain = new CheckpointChain()
  taken(chain, [head(0, 1), head(1, 2)])
  const next = chain.next({ takenAt: '2026-03-02T15:05:05.000Z', heads: [head(0, 1), head(1, 4)], logs: [], keyId: KEY_ID })
  expect(chain.accept(bytesOf({ ...next, ...forge(next) })).fault).toBe(fault)
})

test('accept() finds a complete checkpoint that leaves a writer out', () => {
  const heads = [head(0, 1), head(1, 2)]
  const chain = new CheckpointChain()
  taken(chain, ...Array<CheckpointHead[]>(COMPLETE_EVERY).fill(heads))
  const shorter = new CheckpointChain().next({ takenAt: '2026-03-02T15:05:05.000Z', heads: [head(0, 1)], logs: [], keyId: KEY_ID })
  const last = chain.next({ takenAt: '2026-03-02T15:05:05.000Z', heads, logs: [], keyId: KEY_ID })
  const { heads: named, writers: count, merkle_root, rows } = shorter
  expect(chain.accept(bytesOf({ ...last, heads: named, writers: count, merkle_root, rows })).fault).toBe('heads')
})

test('accept() refuses other spellings of the same checkpoint', () => {
  const chain = new CheckpointChain()
  const next = chain.next({ takenAt: '2026-03-02T15:05:05.000Z', heads: [], logs: [], keyId: KEY_ID })
  expect(chain.accept(Buffer.from(JSON.stringify(next, null, 1))).fault).toBe('not_canonical')
})

test('isSignedBy() accepts the signature of the key over these bytes and nothing else', () => {
  const keys = [1, 2].map(() => {
    const { privateKey } = generateKeyPairSync('ed25519')
    return readSigningKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  })
  const pem = keys[0]!.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const trusted = readTrustedKey(publicPem(readTrustedKey(pem)))
  const bytes = Buffer.from('checkpoint')
  const signature = signBytes(keys[0]!, bytes)
  expect(trusted.keyId).toBe(keys[0]!.keyId)
  expect(isSignedBy(trusted, bytes, signature)).toBe(true)
  expect(isSignedBy(trusted, Buffer.from('checkpoinT'), signature)).toBe(false)
  expect(isSignedBy(trusted, bytes, signBytes(keys[1]!, bytes))).toBe(false)
  expect(isSignedBy(trusted, bytes, Buffer.alloc(3))).toBe(false)
})

test('readSigningKey() refuses what is no Ed25519 key, without repeating it', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  for (const text of [pem, 'secret text']) {
    expect(() => readSigningKey(text)).toThrow(SigningKeyInvalidError)
    expect(() => readSigningKey(text)).not.toThrow(/secret|BEGIN/)
  }
})

test('LogHash depends on every row, on their order and on the table', () => {
  const rows = [{ id: 1, name: 'a' }, { id: 2, name: 'b' }]
  const hashOf = (table: string, list: typeof rows) => {
    const log = new LogHash(table)
    for (const row of list) log.add(row)
    return log.head
  }
  const hashes = [
    hashOf('t', rows),
    hashOf('u', rows),
    hashOf('t', rows.toReversed()),
    hashOf('t', rows.slice(1)),
    hashOf('t', [rows[0]!, { id: 2, name: 'c' }]),
  ]
  expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(hashes.length)
  expect(hashes[0]).toMatchObject({ rows: 2 })
})
