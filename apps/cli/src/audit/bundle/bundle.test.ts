import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { gunzipSync, gzipSync } from 'node:zlib'

import { AuditReader } from '@torghut/artifact-store'
import { publicPem, readTrustedKey } from '@torghut/audit'
import { newKeyPem } from '@torghut/audit/testing'
import { sha256Hex } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { runArchive } from '../run-archive.ts'
import type { ArchiveArguments } from '../run-archive.ts'
import { runCheckpoints, runExport } from '../run-export.ts'
import { readCheckpointFile } from '../audit-inputs.ts'
import { openAuditFixture } from '../testing/audit-fixture.ts'
import type { AuditFixture } from '../testing/audit-fixture.ts'
import { verifyAudit } from '../verify/verify-audit.ts'

/** The first writer's rows are of this month; the database makes no partition for the past by itself. */
const MONTH = '2026-02'

let fixture: AuditFixture
let folder: string
let keyFile: string
let now = new Date('2026-02-11T12:00:00Z')
let old: string

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  folder = mkdtempSync(join(tmpdir(), 'torghut-bundle-'))
  fixture = await openAuditFixture(() => now)
  keyFile = join(folder, 'key.pem')
  writeFileSync(keyFile, fixture.keyPem)
  await fixture.store.owner.query(`CREATE TABLE llm_decision_reviews_2026_02 PARTITION OF llm_decision_reviews
    FOR VALUES FROM ('2026-02-01 00:00+00') TO ('2026-03-01 00:00+00')`)
  old = await fixture.write(5)
  await fixture.sign()
  now = new Date()
  await fixture.write(3)
  await fixture.sign()
  await fixture.write(2)
})

afterAll(async () => {
  vi.restoreAllMocks()
  await fixture.stop()
  rmSync(folder, { recursive: true, force: true })
})

const url = () => fixture.store.database.urls.application

async function exported(name: string, from = '2026-01-01', to = '2100-01-01', key = [keyFile]): Promise<string> {
  const out = join(folder, name)
  await runExport({ 'database-url': url(), from, to, out, key, json: true })
  return out
}

/** Runs the script that lies in the bundle, as a third party would. */
function check(out: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(out, 'verify.mjs'), ...args], { encoding: 'utf8', env: {} })
  return { status, lines: stdout.trim().split('\n'), stderr }
}

test('an exported bundle is verified by its own script, and says what is proved', async () => {
  const out = await exported('whole')
  expect(check(out)).toMatchObject({ status: 0, stderr: '' })
  const { lines } = check(out)
  expect(lines[0]).toBe('ok: 10 rows, 0 problem(s)')
  expect(lines[1]).toMatch(/^8 rows are proved by 2 signed checkpoint\(s\)/)
  expect(lines[2]).toMatch(/^2 row\(s\) stand behind/)
})

test('a bundle needs nothing but Node: the script imports built-in modules alone', () => {
  const text = readFileSync(new URL('./shipped/verify.mjs', import.meta.url), 'utf8')
  const imports = [...text.matchAll(/^import .* from '(.*)'$/gm)].map(([, name]) => name)
  expect(imports.length).toBeGreaterThan(3)
  expect(imports.filter((name) => !name!.startsWith('node:'))).toEqual([])
})

test('a part of a chain is exported up to the next place that a checkpoint names', async () => {
  const { rows } = await fixture.store.superuser.query('SELECT created_at FROM llm_decision_reviews WHERE writer_id = $1 AND seq = 1', [old])
  const from = rows[0].created_at as Date
  const out = await exported('part', from.toISOString(), new Date(from.getTime() + 1).toISOString())
  const { lines, status } = check(out)
  expect([status, lines[0]]).toEqual([0, 'ok: 5 rows, 0 problem(s)'])
  expect(lines[1]).toMatch(/^5 rows are proved/)
})

test('a bundle without a trusted key proves nothing, and one of a stranger is refused', async () => {
  const bare = await exported('bare', '2026-01-01', '2100-01-01', [])
  expect(check(bare).status).toBe(1)
  writeFileSync(join(folder, 'public.pem'), publicPem(readTrustedKey(fixture.keyPem)))
  expect(check(bare, bare, '--key', join(folder, 'public.pem')).status).toBe(0)
  writeFileSync(join(folder, 'stranger.pem'), publicPem(readTrustedKey(newKeyPem())))
  expect(check(bare, bare, '--key', join(folder, 'stranger.pem')).status).toBe(1)
  expect(check(bare, bare, '--key', join(folder, 'nowhere.pem'))).toMatchObject({ status: 2 })
})

/** Changes one file of a copy of a bundle, and its hash in the manifest, as somebody would who knows the format. */
function tampered(from: string, name: string, change: (lines: string[]) => string[]): string {
  const out = mkdtempSync(join(folder, 'tampered-'))
  cpSync(from, out, { recursive: true })
  const path = join(out, name)
  const bytes = readFileSync(path)
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  const changed = Buffer.from(`${change(text.trimEnd().split('\n')).join('\n')}\n`)
  const packed = name.endsWith('.gz') ? gzipSync(changed) : changed
  expect(packed.equals(bytes)).toBe(false)
  writeFileSync(path, packed)
  const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))
  manifest.files[name] = sha256Hex(packed)
  writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest))
  return out
}

const rowsFile = 'rows.jsonl.gz'
/** Whether a line is that place of the old writer's chain. */
const isOld = (line: string, seq: number) => line.includes(`"writer_id":"${old}"`) && line.includes(`"seq":${seq},`)

const edited = (from: string, to: string) => (lines: string[]) => lines.with(1, lines[1]!.replace(from, to))

test.each<[string, string, (lines: string[]) => string[], RegExp]>([
  ['a hashed column', rowsFile, edited('"symbol":"NVDA"', '"symbol":"AMD"'), /a column is not the one that was hashed/],
  ['a repeated column', rowsFile, edited('"confidence":"0.8123"', '"confidence":"0.9999"'), /confidence does not repeat/],
  ['a quantity', rowsFile, edited('"adjusted_qty":"5.25000000"', '"adjusted_qty":"5.26000000"'), /adjusted_qty does not repeat/],
  ['a request', rowsFile, edited('"request_bytes":"ey', '"request_bytes":"ez'), /the request is not the one/],
  ['a record', rowsFile, edited('"response_bytes":"ey', '"response_bytes":"ez'), /the record is not the one/],
  ['a deleted row', rowsFile, (lines) => lines.filter((line) => !isOld(line, 3)), /the row before it is 2/],
  ['swapped rows', rowsFile, (lines) => [lines[1]!, lines[0]!, ...lines.slice(2)], /the row before it is/],
  ['a signature', 'checkpoints.jsonl', (lines) => lines.map((line) => line.replace(/"signature":"..../, '"signature":"AAAA')), /its signature is wrong/],
  ['a root', 'checkpoints.jsonl', edited('\\"merkle_root\\":\\"', '\\"merkle_root\\":\\"0'), /its root is not that of its heads/],
  ['a missing checkpoint', 'checkpoints.jsonl', (lines) => lines.slice(1), /does not list all heads/],
  ['a policy', 'policies.jsonl', (lines) => [lines[0]!.replace('"bytes":"ey', '"bytes":"ez')], /its bytes have another hash/],
  ['a writer', 'writers.jsonl', (lines) => lines.map((line) => line.replace('0.1.0', '0.1.1')), /genesis hash is not that/],
  ['a log', 'logs.jsonl', () => ['{"table":"runtime_control_events","row":{"at":"2020-01-01T00:00:00.000Z"}}'], /its rows are not those/],
])('verify.mjs finds %s that was changed', async (_what, name, change, expected) => {
  const whole = join(folder, 'whole')
  const out = tampered(whole, name, change)
  const { status, lines } = check(out)
  expect(lines.join('\n')).toMatch(expected)
  expect(status).toBe(1)
})

test('verify.mjs finds a file that is not the one the manifest names', () => {
  const out = mkdtempSync(join(folder, 'tampered-'))
  cpSync(join(folder, 'whole'), out, { recursive: true })
  writeFileSync(join(out, 'README.md'), 'changed')
  expect(check(out).status).toBe(0)
  writeFileSync(join(out, 'public-keys.pem'), `${readFileSync(join(out, 'public-keys.pem'), 'utf8')}\n`)
  expect(check(out).lines[0]).toMatch(/^public-keys.pem: its SHA-256/)
})

test('runExport() refuses a folder that is there, and a stretch that is none', async () => {
  await expect(exported('whole')).rejects.toThrow(/it is there already/)
  await expect(exported('wrong', '2026-02-02', '2026-02-02')).rejects.toThrow(/--from must be before --to/)
  await expect(exported('wrong', 'yesterday')).rejects.toThrow(/Cannot use --from "yesterday"/)
})

test('runCheckpoints() writes what a verification reads as kept outside', async () => {
  const out = join(folder, 'checkpoints.jsonl')
  await runCheckpoints({ 'database-url': url(), out, json: true })
  expect(await verified({ checkpoints: readCheckpointFile(out) })).toMatchObject({ ok: true, rows: 10 })
  await expect(runCheckpoints({ 'database-url': url(), out, json: true })).rejects.toThrow(/EEXIST/)
})

const verified = (more: Partial<Parameters<typeof verifyAudit>[0]> = {}) =>
  verifyAudit({
    databaseUrl: url(),
    writerId: null,
    keys: [readTrustedKey(fixture.keyPem)],
    checkpoints: null,
    archives: [],
    threads: 0,
    onProgress: () => undefined,
    ...more,
  })

function archive(more: Partial<ArchiveArguments> = {}): Promise<void> {
  const out = join(folder, 'february')
  const owner = fixture.store.database.urls.owner
  return runArchive({ 'database-url': owner, month: MONTH, out, key: [keyFile], archive: [], 'min-age-days': 30, json: true, ...more })
}

test('runArchive() refuses months that are too young, empty, unattested or of an unsound audit', async () => {
  const current = new Date().toISOString().slice(0, 7)
  await expect(archive({ month: current })).rejects.toThrow(/is not over for 30 days/)
  await expect(archive({ month: '2026-13' })).rejects.toThrow(/write YYYY-MM/)
  await expect(archive({ month: '2020-01' })).rejects.toThrow(/it has no rows/)
  await expect(archive({ key: [] })).rejects.toThrow(/no checkpoint attests/)
  await fixture.forge("UPDATE llm_decision_reviews SET symbol = 'AMD' WHERE symbol = 'NVDA' AND seq = 3")
  await expect(archive()).rejects.toThrow(/finding\(s\)/)
  await fixture.forge("UPDATE llm_decision_reviews SET symbol = 'NVDA' WHERE symbol = 'AMD'")
  now = new Date('2026-02-20T12:00:00Z')
  const late = await fixture.write(1)
  await expect(archive()).rejects.toThrow(`row 1 of writer ${late} is not attested yet`)
  await fixture.sign()
  expect(readdirSync(folder)).not.toContain('february')
})

test('runArchive() moves a month to files with which every chain is whole', async () => {
  await archive()
  const { rows } = await fixture.store.superuser.query("SELECT to_regclass('llm_decision_reviews_2026_02') AS partition")
  expect(rows[0].partition).toBeNull()
  const whole = await verified({ archives: [join(folder, 'february')] })
  expect(whole).toMatchObject({ ok: true, rows: 11, archived_rows: 6 })
  expect(whole.attestation).toMatchObject({ attested_rows: 11, unattested_rows: 0 })
  expect(check(join(folder, 'february'))).toMatchObject({ status: 0 })
})

test('verifyAudit() says which archived months it was not given, and which rows it misses', async () => {
  const { ok, findings } = await verified()
  expect(ok).toBe(false)
  expect(findings).toContainEqual({ kind: 'archive', month: MONTH, fault: 'not_given' })
  expect(findings).toContainEqual(expect.objectContaining({ fault: 'tail', writer_id: old, seq: 1, last_seq: 5 }))
})

test('verifyAudit() finds a row that was changed in an archive', async () => {
  const out = tampered(join(folder, 'february'), rowsFile, (lines) =>
    lines.map((line) => (isOld(line, 2) ? line.replace('"symbol":"NVDA"', '"symbol":"AMD"') : line)),
  )
  const { findings } = await verified({ archives: [out] })
  expect(findings).toContainEqual({ kind: 'archive', month: MONTH, fault: 'manifest' })
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'chain', fault: 'row_hash', seq: 2 }))
})

test('a reader of the database sees no row of an archived month, and its key stays answered', async () => {
  const reader = await AuditReader.open({ url: url() })
  expect((await reader.listArchives()).map(({ month, rowCount }) => [month, rowCount])).toEqual([[MONTH, 6]])
  await reader.close()
  const { rows } = await fixture.store.superuser.query(`SELECT count(*)::int AS keys FROM review_keys k
    WHERE review_id IS NOT NULL AND NOT EXISTS (SELECT FROM llm_decision_reviews r WHERE r.id = k.review_id)`)
  expect(rows[0].keys).toBe(6)
  const { rows: archived } = await fixture.store.superuser.query(`SELECT key, body_hash, review_id FROM review_keys k
    WHERE review_id IS NOT NULL AND NOT EXISTS (SELECT FROM llm_decision_reviews r WHERE r.id = k.review_id) LIMIT 1`)
  const { key, body_hash: bodyHash, review_id: reviewId } = archived[0]
  const claim = { key, bodyHash, owner: reviewId, leaseMs: 1_000 }
  expect(await fixture.store.store.claimReviewKey(claim)).toEqual({ state: 'archived', reviewId })
})
