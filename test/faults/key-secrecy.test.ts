import { randomUUID } from 'node:crypto'
import { globSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { exampleSubmission } from '@torghut/contracts/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { postJson, removeFolder, startStack, temporaryFolder } from '../support/running-stack.ts'
import type { RunningStack } from '../support/running-stack.ts'

/** Unlike anything else, so that a search for it is exact. */
const KEY = `sk-${randomUUID()}/"+`

/** One review each, all its calls alike; a clean review between them keeps the breaker closed. */
const FAULTS = ['echo', 'ok', 'not_http', 'ok', 'http_500@2', 'ok', 'error_frame@3', 'ok', 'wrong_content_type@4', 'ok']

/** More calls than a committee makes, retries included. */
const CALLS_MAX = 16

const CAUSES = [
  'gateway_protocol',
  null,
  'gateway_protocol',
  null,
  'gateway_http_error',
  null,
  'gateway_error_frame',
  null,
  'gateway_protocol',
  null,
]

interface Review {
  fallback: { cause: string; detail: string } | null
}

let folder: string
let stack: RunningStack
const reviews: Review[] = []
beforeAll(async () => {
  folder = temporaryFolder()
  const reporting = `--report-on-signal --report-signal=SIGUSR2 --report-directory=${folder}`
  stack = await startStack({
    dataDir: join(folder, 'data'),
    env: { JANGAR_API_KEY: KEY, LOG_LEVEL: 'trace', NODE_OPTIONS: reporting },
  })
  for (const fault of FAULTS) {
    const script = Array.from({ length: CALLS_MAX }, () => fault)
    await fetch(`${stack.jangar}/simulator/faults`, { method: 'PUT', body: JSON.stringify({ script }) })
    const submission = { ...exampleSubmission(), trade_decision_id: randomUUID() }
    const { body } = await postJson(`${stack.api}/v1/reviews`, submission)
    reviews.push(body as unknown as Review)
  }
}, 120_000)
afterAll(async () => {
  await stack.stop()
  removeFolder(folder)
})

test('every review of the script ended as its fault says, and a stranger is quoted in the row', () => {
  expect(reviews.map(({ fallback }) => fallback?.cause ?? null)).toEqual(CAUSES)
  expect(reviews[0]?.fallback?.detail).toContain('it began "Bearer [hidden]')
  expect(reviews[2]?.fallback?.detail).toContain('it began "SSH-2.0-OpenSSH_9.6')
})

test('the key is in no answer and on no page of the API', async () => {
  const pages = ['/v1/reviews?limit=50', '/metrics', '/trading/status', '/trading/llm-evaluation', '/v1/runtime']
  const texts = await Promise.all(pages.map(async (page) => (await fetch(`${stack.api}${page}`)).text()))
  expectSecret([JSON.stringify(reviews), ...texts])
})

test('the key is in no log line and in no other file of the stack', () => {
  const files = globSync('**/*', { cwd: stack.dataDir, withFileTypes: true }).filter((entry) => entry.isFile())
  const logs = files.filter(({ name }) => name.endsWith('.log'))
  expect(logs.map(({ name }) => name)).toContain('review-api.log')
  expectSecret(files.map((file) => readFileSync(join(file.parentPath, file.name)).toString('latin1')))
})

test('the key is in no stored row', async () => {
  const client = new pg.Client({ connectionString: stack.database })
  await client.connect()
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'",
  )
  expect(tables.map(({ name }) => name)).toContain('llm_decision_reviews')
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)
    expectSecret(rows.map(({ row }) => row))
  }
  await client.end()
})

test('the key is in no diagnostic report', async () => {
  process.kill(apiPid(), 'SIGUSR2')
  const report = await vi.waitFor(() => {
    const [name = ''] = globSync('report.*.json', { cwd: folder })
    const text = readFileSync(join(folder, name), 'utf8')
    expect(JSON.parse(text)).toHaveProperty('javascriptHeap')
    return text
  }, 10_000)
  expectSecret([report])
})

/** The key itself, and the ways a text, a JSON document or a bytea column may spell it. */
function expectSecret(texts: readonly string[]): void {
  const spelled = [KEY, JSON.stringify(KEY).slice(1, -1), encodeURIComponent(KEY), Buffer.from(KEY).toString('hex')]
  const forms = [...spelled, KEY.slice(0, 20)]
  for (const text of texts) for (const form of forms) expect(text.includes(form)).toBe(false)
}

/** The review API is the process that was given this key and runs its main file. */
function apiPid(): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const found = pids.find((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      const isApi = command.some((part) => part.endsWith('apps/review-api/src/main.ts')) && command[0]?.endsWith('node')
      return isApi === true && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(KEY)
    } catch {
      return false
    }
  })
  return Number(found)
}
