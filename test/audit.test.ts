import { randomUUID } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { exampleSubmission } from '@torghut/contracts/testing'
import { packagedNodePath } from '@torghut/local-stack'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { storedFields } from './support/stored-fields.ts'
import { startRecordingGateway } from './support/recording-gateway.ts'
import type { RecordingGateway } from './support/recording-gateway.ts'
import { runProgram } from './support/run-program.ts'
import { runTorghut } from './support/run-torghut.ts'
import { postJson, removeFolder, sendJson, startStack } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'
import { startTraceCollector } from './support/trace-collector.ts'
import type { TraceCollector } from './support/trace-collector.ts'

/**
 * What a caller's broker knows and nobody here may keep; each is unlike anything else, so that a search for it is exact.
 * They are planted wherever a request can carry them.
 */
const PLANTED = {
  accountId: `PA-${randomUUID()}`,
  accountNumber: `acct-${randomUUID()}`,
  assetId: `asset-${randomUUID()}`,
  brokerOrderId: `broker-${randomUUID()}`,
  apiKey: `sk-${randomUUID()}`,
  jangarKey: `jangar-${randomUUID()}`,
  marginLimit: '918273.645546',
}

/** The only places a caller's secret may be: what we were told to send to the gateway goes to the gateway. */
const GATEWAY_MAY_SEE = PLANTED.jangarKey

let folder: string
let gateway: RecordingGateway
let collector: TraceCollector
let stack: RunningStack

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'torghut-audit-'))
  gateway = await startRecordingGateway()
  collector = await startTraceCollector()
  stack = await startStack({
    dataDir: join(folder, 'data'),
    args: ['--jangar-url', gateway.url],
    env: {
      LOG_LEVEL: 'trace',
      JANGAR_API_KEY: PLANTED.jangarKey,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  })
  await reviewEveryKind()
}, 120_000)

afterAll(async () => {
  await stack?.stop()
  await gateway?.stop()
  await collector?.stop()
  removeFolder(folder)
}, 60_000)

type Body = ReturnType<typeof exampleSubmission>

/** Reviews of several kinds, each with everything planted that a request has a place for. */
async function reviewEveryKind(): Promise<void> {
  const changes: ((body: Body) => void)[] = [
    () => undefined,
    (body) => void (body.request.decision.symbol = 'AMD'),
    (body) => void (body.request.decision.action = 'sell'),
    (body) => void (body.gate_state = null as never),
    (body) => void (body.request.decision.qty = '900000'),
    (body) => void (body.request.decision.order_type = 'stop_limit'),
    (body) => void (body.request.market_context = null as never),
  ]
  for (const change of changes) {
    const body = planted()
    change(body)
    const answered = await postJson(`${stack.api}/v1/reviews`, body, { 'x-account-id': PLANTED.accountId })
    expect(answered.status).toBe(200)
  }
  // Refused requests are told about, too.
  const refused = await postJson(`${stack.api}/v1/reviews?account=${PLANTED.accountId}`, { ...planted(), account_number: PLANTED.accountNumber })
  expect(refused.status).toBe(422)
}

function planted(): Body {
  const body = { ...exampleSubmission(), trade_decision_id: randomUUID() }
  const asTheBrokerTells = {
    asset_id: PLANTED.assetId,
    account_id: PLANTED.accountId,
    account_number: PLANTED.accountNumber,
    maintenance_margin: PLANTED.marginLimit,
    lots: [{ order_id: PLANTED.brokerOrderId, api_key: PLANTED.apiKey }],
  }
  const position = { symbol: 'NVDA', qty: '10', side: 'long', ...asTheBrokerTells }
  body.request.positions = [position] as never
  body.request.portfolio.positions = [position] as never
  Object.assign(body.request.decision.params, { account_id: PLANTED.accountId, api_key: PLANTED.apiKey, broker: asTheBrokerTells })
  return body
}

/** None of the planted texts, in any spelling a text, a JSON document or a bytea column may have. */
function expectClean(what: string, texts: readonly string[], may: readonly string[] = []): void {
  expect([what, texts.length > 0]).toEqual([what, true])
  for (const [name, secret] of Object.entries(PLANTED)) {
    if (may.includes(secret)) continue
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64').slice(0, -3)]
    const found = forms.some((form) => texts.some((text) => text.includes(form)))
    expect([what, name, found]).toEqual([what, name, false])
  }
}

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: stack.database })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

const keyFile = () => join(folder, 'data', 'keys', 'checkpoint-ed25519.pem')
const audit = (...args: string[]) => runTorghut('audit', ...args, '--database-url', stack.database)

test('torghut up makes a key of its own for checkpoints, outside the database', async () => {
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600)
  await vi.waitFor(async () => expect(await query('SELECT FROM audit_checkpoints')).not.toEqual([]), 10_000)
})

test('torghut audit verify accepts what the running stack stored, and tells its unattested tail', async () => {
  const { code, stdout } = await audit('verify', '--json', '--key', keyFile())
  const report = JSON.parse(stdout[0] ?? '') as { attestation: object }
  expect(report).toMatchObject({ ok: true, rows: 7, findings: [], attestation: { state: 'attested', unattested_rows: 7 } })
  expect(code).toBe(0)
  const people = await audit('verify', '--key', keyFile())
  expect(people.stdout.join('\n')).toMatch(/ok: 7 rows of 1 writer\(s\)\n.*attested.*\nunattested tail: 7 row\(s\), the oldest written \d+ s ago/)
})

test('torghut audit replay decides the stored reviews again to the same bytes', async () => {
  const { code, stdout, stderr } = await audit('replay', '--json')
  expect(stderr).toEqual([])
  expect(JSON.parse(stdout[0] ?? '')).toMatchObject({ ok: true, rows: 7, counts: { same: 7 }, reviews: [] })
  expect(code).toBe(0)
})

test('torghut audit refuses in one line what it cannot use', async () => {
  const refusals = await Promise.all([
    audit('verify', '--key', join(folder, 'nowhere.pem')),
    audit('verify', '--writer', 'seven'),
    audit('replay', '--from', 'yesterday'),
    runTorghut('audit', 'verify'),
    runTorghut('audit', 'verify', '--database-url', 'postgres://nobody@127.0.0.1:1/none'),
  ])
  for (const { code, stdout, stderr } of refusals) expect([code, stdout, stderr.length]).toEqual([2, [], 1])
})

test('nothing that a broker knows of an account is sent to the model', () => {
  const heard = gateway.heard()
  expect(heard.filter((text) => text.includes('NVDA')).length).toBeGreaterThan(0)
  expectClean('prompts', heard, [GATEWAY_MAY_SEE])
})

test('nothing that a broker knows of an account is in any row', async () => {
  const tables = await query<{ name: string }>("SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'")
  expect(tables.map(({ name }) => name)).toContain('llm_decision_reviews')
  for (const { name } of tables) {
    const rows = await query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)
    if (rows.length > 0) expectClean(name, rows.map(({ row }) => row))
  }
})

test('only known fields are stored, whatever a request carries', async () => {
  const rows = await query<{ request_bytes: Buffer; response_bytes: Buffer }>('SELECT request_bytes, response_bytes FROM llm_decision_reviews')
  const unknown = rows.flatMap(({ request_bytes: request, response_bytes: record }) => [
    ...storedFields.unknownIn('request', JSON.parse(request.toString())),
    ...storedFields.unknownIn('record', JSON.parse(record.toString())),
  ])
  expect([...new Set(unknown)]).toEqual([])
  expect(storedFields.unknownIn('request', { request: { account: { account_id: 'x' } } })).toEqual(['request.account.account_id'])
})

test('nothing that a broker knows of an account is in a log line, a metric, a page or a trace', async () => {
  const files = globSync('**/*.log', { cwd: join(folder, 'data') }).map((name) => readFileSync(join(folder, 'data', name), 'utf8'))
  expectClean('logs', files)
  const pages = ['/metrics', '/v1/reviews?limit=50', '/trading/status', '/trading/llm-evaluation', '/v1/runtime', '/readyz']
  expectClean('pages', await Promise.all(pages.map(async (page) => (await fetch(`${stack.api}${page}`)).text())))
  await vi.waitFor(() => expect(collector.spans().length).toBeGreaterThan(7), 10_000)
  expectClean('traces', [JSON.stringify(collector.spans(), (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))])
})

test('torghut audit export writes a bundle that its script verifies and that keeps no secret', async () => {
  const out = join(folder, 'bundle')
  const { code } = await audit('export', '--from', '2026-01-01', '--to', '2100-01-01', '--out', out, '--key', keyFile())
  expect(code).toBe(0)
  const checked = await runProgram(packagedNodePath(), [join(out, 'verify.mjs')])
  expect(checked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok: 7 rows, 0 problem\(s\)/) })
  const texts = globSync('*', { cwd: out }).map((name) => {
    const bytes = readFileSync(join(out, name))
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  })
  expectClean('bundle', [...texts, ...texts.flatMap(decoded)])
})

/** What stands behind base64 in a line of a bundle. */
function decoded(text: string): string[] {
  return [...text.matchAll(/_bytes":"([A-Za-z0-9+/=]+)"/g)].map(([, base64]) => Buffer.from(base64 ?? '', 'base64').toString())
}

test('a control that was set is attested too, and a stopped stack leaves no row unattested', async () => {
  const change = { value: true, scope: null, reason: 'audit test', expires_at: null }
  expect((await sendJson('PUT', `${stack.api}/v1/controls/pause_promotions`, change)).status).toBe(200)
  await stack.stop()
  stack = await startStack({ dataDir: join(folder, 'data'), args: ['--jangar-url', gateway.url] })
  const { stdout } = await audit('verify', '--json', '--key', keyFile())
  expect(JSON.parse(stdout[0] ?? '')).toMatchObject({ ok: true, attestation: { attested_rows: 7, unattested_rows: 0 } })
}, 120_000)
