import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { fillChains, openTestStore } from '@torghut/artifact-store/testing'
import { packagedNodePath } from '@torghut/local-stack'

import type { Bench, BenchOptions, BenchResult, Measurement } from '../bench.ts'
import { BenchInvalidError } from '../errors.ts'
import { interleave } from '../measure/interleave.ts'

const TORGHUT = fileURLToPath(new URL('../../../../apps/cli/bin/torghut.mjs', import.meta.url))

/** Rows for each millisecond a load is kept up elsewhere: some 50,000 in a full run. */
const ROWS_PER_LOAD_MS = 16

const THREADS = [0, 1, 2]

/** How fast stored rows are verified, and in how much memory. */
export const audit: Bench = {
  name: 'audit',
  title: 'Verifying the audit',
  about:
    'The command torghut audit verify over chains of small reviews (3 kB of request and record each) in a PostgreSQL ' +
    'on the same machine: every row is read and hashed, its columns derived from its bytes again. Threads read and hash parts of ' +
    'chains on connections of their own; with none, one loop does it all.',
  simulated: true,
  run,
}

interface Verified {
  ok: boolean
  rows: number
  rows_per_second: number
  peak_rss_mib: number
}

async function run(options: BenchOptions): Promise<BenchResult> {
  const rows = options.loadMs * ROWS_PER_LOAD_MS
  options.say(`audit: filling a PostgreSQL with ${rows} rows`)
  const database = await openTestStore()
  try {
    await fillChains({ superuser: database.superuser, rows, writers: 3, startAt: new Date() })
    const url = database.database.urls.application
    const variants = new Map(THREADS.map((threads) => [nameOf(threads), () => verify(url, rows, threads, options.signal)]))
    const measured = await interleave<'perSecond' | 'mib'>(variants, options)
    const measurements = THREADS.map(nameOf).map((what): Measurement => {
      const against = what === nameOf(0) ? null : nameOf(0)
      return { what, unit: 'per second', rounds: measured.get(what)?.perSecond ?? [], against }
    })
    const peaks = THREADS.map((threads) => `${nameOf(threads)} ${Math.max(...(measured.get(nameOf(threads))?.mib ?? []))} MiB`)
    return { measurements, notes: [`Most memory of the whole process: ${peaks.join(', ')}.`] }
  } finally {
    await database.stop()
  }
}

function nameOf(threads: number): string {
  return threads === 0 ? 'rows, no thread' : `rows, ${threads} thread${threads === 1 ? '' : 's'}`
}

async function verify(url: string, rows: number, threads: number, signal: AbortSignal) {
  const args = [TORGHUT, 'audit', 'verify', '--json', '--database-url', url, '--threads', String(threads)]
  const { stdout } = await promisify(execFile)(packagedNodePath(), args, { signal, env: {} })
  const verified = JSON.parse(stdout) as Verified
  if (!verified.ok || verified.rows !== rows) throw new BenchInvalidError('a verification', `it read ${verified.rows} rows`)
  return { perSecond: verified.rows_per_second, mib: verified.peak_rss_mib }
}
