import { randomUUID } from 'node:crypto'

import { Pool, escapeLiteral } from 'pg'

import type { AuditWriter } from '../audit/audit-writer.ts'
import type { DrainWriter } from '../audit/drain-writer.ts'
import { migrate } from '../migrations/migrate.ts'
import { openStore } from '../store.ts'
import type { Store, StoreOptions } from '../store.ts'
import { samplePolicyBytes } from './sample-review.ts'
import { startTestDatabase } from './start-test-database.ts'
import type { TestDatabase } from './start-test-database.ts'

export interface TestStore {
  database: TestDatabase
  store: Store
  /** The superuser's own way in: to break things and to look behind the store's back. */
  superuser: Pool
  owner: Pool
  application: Pool
  /** A second store on the same database, as another replica would have. */
  openAnother: (options?: Partial<StoreOptions>) => Promise<Store>
  registerWriter: (store?: Store) => Promise<AuditWriter>
  registerDrain: (store?: Store) => Promise<DrainWriter>
  /** Takes a review away as an archive does; its key stays. */
  forgetReview: (id: string) => Promise<void>
  stop: () => Promise<void>
}

/** A migrated database with the sample policy in it, and a store on it. */
export async function openTestStore(options: Partial<StoreOptions> = {}): Promise<TestStore> {
  const database = await startTestDatabase()
  const { urls } = database
  await migrate(urls.owner)
  const stores: Store[] = []
  const openAnother = async (more: Partial<StoreOptions> = {}) => {
    const store = await openStore({ applicationUrl: urls.application, ...options, ...more })
    stores.push(store)
    return store
  }
  const store = await openAnother()
  await store.saveGatePolicy(samplePolicyBytes)
  const superuser = openTestPool(urls.superuser)
  const owner = openTestPool(urls.owner)
  const application = openTestPool(urls.application)
  return {
    database,
    store,
    superuser,
    owner,
    application,
    openAnother,
    registerWriter: (from = store) => from.registerWriter(newWriter()),
    registerDrain: (from = store) => from.registerDrain(newWriter()),
    forgetReview: async (id) => {
      await superuser.query(`SET session_replication_role = replica;
        DELETE FROM llm_decision_reviews WHERE id = ${escapeLiteral(id)}; RESET session_replication_role`)
    },
    stop: async () => {
      await Promise.all(stores.map((opened) => opened.close()))
      await Promise.all([superuser.end(), owner.end(), application.end()])
      await database.stop()
    },
  }
}

function newWriter() {
  return { writerId: randomUUID(), engineVersion: '0.1.0', startedAt: new Date() }
}

function openTestPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 4 })
  pool.on('error', () => {})
  return pool
}
