import { generateKeyPairSync } from 'node:crypto'

import { canonicalJson, sha256Hex } from '@torghut/contracts'

import { CheckpointChain } from '../checkpoint/checkpoint-chain.ts'
import type { LogHead } from '../checkpoint/checkpoint.ts'
import { LogHash } from '../checkpoint/log-hash.ts'
import type { LogRow } from '../checkpoint/log-hash.ts'
import { readSigningKey, signBytes } from '../checkpoint/signing-key.ts'

/** What a store offers to whoever signs; the store's own turn fits. */
export interface SigningTurn<Table extends string> {
  checkpointsAfter(number: number): Promise<{ bytes: Uint8Array }[]>
  moments(settleMs: number): Promise<{ now: string }>
  heads(): Promise<{ writerId: string; seq: number; rowHash: string }[]>
  logs: readonly Table[]
  logRows(table: Table, range: { until: string }): AsyncIterable<LogRow>
  save(checkpoint: {
    number: number
    takenAt: string
    previousHash: string
    hash: string
    keyId: string
    bytes: Uint8Array
    signature: Uint8Array
  }): Promise<void>
}

/** A new Ed25519 key in PKCS 8 PEM. */
export function newKeyPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Signs where all chains and logs end at this moment, reading everything anew. */
export async function signCheckpoint<Table extends string>(turn: SigningTurn<Table>, pem: string): Promise<void> {
  const chain = new CheckpointChain()
  for (const { bytes } of await turn.checkpointsAfter(0)) chain.accept(bytes)
  const { now } = await turn.moments(0)
  const heads = (await turn.heads()).map(({ writerId, seq, rowHash }) => ({ writer_id: writerId, seq, row_hash: rowHash }))
  const logs: LogHead[] = []
  for (const table of turn.logs) {
    const log = new LogHash(table)
    for await (const row of turn.logRows(table, { until: now })) log.add(row)
    logs.push({ table, ...log.head, until: now })
  }
  const key = readSigningKey(pem)
  const checkpoint = chain.next({ takenAt: now, heads, logs, keyId: key.keyId })
  const bytes = Buffer.from(canonicalJson(checkpoint))
  const { number, previous_hash: previousHash, key_id: keyId } = checkpoint
  await turn.save({ number, takenAt: now, previousHash, keyId, hash: sha256Hex(bytes), bytes, signature: signBytes(key, bytes) })
}
