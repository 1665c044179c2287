import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startEmbeddedPostgres } from '@torghut/local-stack'
import type { EmbeddedPostgres } from '@torghut/local-stack'
import { Client } from 'pg'

export interface TestDatabase {
  urls: EmbeddedPostgres['urls']
  /** Makes another empty database on the same server and returns the URLs for it. */
  createDatabase: (name: string) => Promise<EmbeddedPostgres['urls']>
  /** Stops the server and removes everything. */
  stop: () => Promise<void>
}

/** A real PostgreSQL of one's own in a temporary folder, with the three roles; not migrated. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'torghut-store-'))
  const server = await startEmbeddedPostgres({ dataDir })
  return {
    urls: server.urls,
    createDatabase: (name) => createDatabase(server.urls, name),
    stop: async () => {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function createDatabase(urls: EmbeddedPostgres['urls'], name: string): Promise<EmbeddedPostgres['urls']> {
  const client = new Client({ connectionString: urls.superuser })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE "${name}" OWNER torghut_owner`)
  } finally {
    await client.end()
  }
  const elsewhere = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href
  return {
    superuser: elsewhere(urls.superuser),
    owner: elsewhere(urls.owner),
    application: elsewhere(urls.application),
    approver: elsewhere(urls.approver),
  }
}
