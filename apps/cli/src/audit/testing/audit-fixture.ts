import { openTestStore, sampleEntry } from '@torghut/artifact-store/testing'
import type { TestStore } from '@torghut/artifact-store/testing'
import { newKeyPem, signCheckpoint } from '@torghut/audit/testing'

/** A database of one's own, writers with rows in it, and a key that signs checkpoints over them. */
export interface AuditFixture {
  store: TestStore
  keyPem: string
  /** A new writer with that many rows; returns its id. */
  write(rows: number): Promise<string>
  /** Takes a checkpoint over all chains as they are. */
  sign(pem?: string): Promise<void>
  /** What only a superuser can do: SQL with triggers and foreign keys asleep. Expects it to change rows. */
  forge(sql: string): Promise<void>
  stop(): Promise<void>
}

export async function openAuditFixture(now?: () => Date): Promise<AuditFixture> {
  const store = await openTestStore(now === undefined ? {} : { now })
  const keyPem = newKeyPem()
  return {
    store,
    keyPem,
    write: async (rows) => {
      const writer = await store.registerWriter()
      for (let row = 0; row < rows; row += 1) await writer.append(sampleEntry({ verdict: 'adjust' }))
      return writer.writerId
    },
    sign: async (pem = keyPem) => void (await store.store.checkpoints.take((turn) => signCheckpoint(turn, pem))),
    forge: (sql) => forge(store, sql),
    stop: () => store.stop(),
  }
}

async function forge({ superuser }: TestStore, sql: string): Promise<void> {
  const client = await superuser.connect()
  try {
    await client.query("SET session_replication_role = 'replica'")
    for (const statement of sql.split(';\n')) {
      const { rowCount } = await client.query(statement)
      if (rowCount === 0) throw new Error(`Nothing was forged by: ${statement}`)
    }
  } finally {
    client.release(true)
  }
}
