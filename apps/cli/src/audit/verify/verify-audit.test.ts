import { samplePolicyBytes } from '@torghut/artifact-store/testing'
import { readTrustedKey } from '@torghut/audit'
import { newKeyPem } from '@torghut/audit/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { openAuditFixture } from '../testing/audit-fixture.ts'
import type { AuditFixture } from '../testing/audit-fixture.ts'
import type { AuditReport, Finding } from './audit-report.ts'
import { reportLines } from './audit-report.ts'
import { verifyAudit } from './verify-audit.ts'
import type { VerifyOptions } from './verify-audit.ts'

let fixture: AuditFixture
let writer: string
let other: string

beforeAll(async () => {
  fixture = await openAuditFixture()
})

afterAll(() => fixture.stop())

/** Every test has the same database: what an earlier one broke is put out of sight. */
beforeEach(async () => {
  await fixture.store.superuser.query(`
    SET session_replication_role = 'replica';
    DELETE FROM llm_decision_reviews; DELETE FROM audit_batches; DELETE FROM audit_writers;
    DELETE FROM audit_checkpoints; DELETE FROM review_keys; DELETE FROM runtime_controls; DELETE FROM runtime_control_events;
    RESET session_replication_role`)
  await fixture.store.store.saveGatePolicy(samplePolicyBytes)
  writer = await fixture.write(4)
  other = await fixture.write(2)
  await fixture.sign()
})

function verify(options: Partial<VerifyOptions> = {}): Promise<AuditReport> {
  return verifyAudit({
    databaseUrl: fixture.store.database.urls.application,
    writerId: null,
    keys: [readTrustedKey(fixture.keyPem)],
    checkpoints: null,
    archives: [],
    threads: 0,
    onProgress: () => undefined,
    ...options,
  })
}

/** `edited 2` and the like, for findings about the first writer; others begin with what they are about. */
function inShort(findings: readonly Finding[]): string[] {
  return findings.map((finding) => {
    if (finding.kind === 'checkpoint') return `checkpoint ${finding.number} ${finding.fault}`
    if (finding.kind !== 'chain') return finding.kind
    const { writer_id, seq, last_seq, fault } = finding
    const whose = writer_id === writer ? '' : writer_id === other ? 'other ' : 'stranger '
    return `${whose}${fault} ${seq === last_seq ? seq : `${seq}-${last_seq}`}`
  })
}

test.each([0, 2])('verifyAudit() accepts what was written, in %i threads', async (threads) => {
  const report = await verify({ threads })
  expect(report).toMatchObject({ ok: true, findings: [], writers: 2, rows: 6, threads })
  expect(report.attestation).toMatchObject({ state: 'attested', attested_rows: 6, unattested_rows: 0, unattested_since: null })
})

const reviews = 'llm_decision_reviews'
const at = (seq: number) => `WHERE writer_id = '${writer}' AND seq = ${seq}`
const dropHashChecks = ['request_hash_of', 'record_hash_of'].map((name) => `ALTER TABLE ${reviews} DROP CONSTRAINT IF EXISTS ${reviews}_${name}`)

test.each<[string, () => string, string[]]>([
  ['a filter column', () => `UPDATE ${reviews} SET symbol = 'AMD' ${at(2)}`, ['row_hash 2']],
  ['the verdict', () => `UPDATE ${reviews} SET verdict = 'veto', adjusted_qty = NULL ${at(2)}`, ['row_hash 2']],
  ['its time', () => `UPDATE ${reviews} SET created_at = created_at + interval '1 ms' ${at(2)}`, ['row_hash 2']],
  ['a time to infinity', () => `UPDATE ${reviews} SET valid_until = 'infinity' ${at(2)}`, ['row_hash 2']],
  ['a rationale', () => `UPDATE ${reviews} SET rationale = 'other' ${at(2)}`, ['column 2']],
  ['a risk flag', () => `UPDATE ${reviews} SET risk_flags = '{other}' ${at(2)}`, ['column 2']],
  ['tokens', () => `UPDATE ${reviews} SET tokens_prompt = 1 ${at(2)}`, ['column 2']],
  ['a confidence', () => `UPDATE ${reviews} SET confidence = 0.9 ${at(2)}`, ['column 2']],
  ['a quantity', () => `UPDATE ${reviews} SET adjusted_qty = 5.26 ${at(2)}`, ['column 2']],
  ['a hash', () => `UPDATE ${reviews} SET row_hash = repeat('0', 64) ${at(2)}`, ['row_hash 2', 'batch 2', 'prev_hash 3']],
  ['a predecessor', () => `UPDATE ${reviews} SET prev_hash = repeat('0', 64) ${at(2)}`, ['prev_hash 2', 'row_hash 2']],
])('verifyAudit() finds a row where somebody changed %s by hand', async (_what, sql, expected) => {
  await fixture.forge(sql())
  const report = await verify()
  expect(report.ok).toBe(false)
  expect(inShort(report.findings)).toEqual(expected)
})

test.each(['request_bytes', 'response_bytes'])('verifyAudit() finds an edit of %s', async (column) => {
  await fixture.store.superuser.query(dropHashChecks.join('; '))
  await fixture.forge(`UPDATE ${reviews} SET ${column} = ${column} || ' ' ${at(3)}`)
  expect(inShort((await verify()).findings)).toEqual([column === 'request_bytes' ? 'request_hash 3' : 'record_hash 3'])
})

/** Row 2 once more, under another id and with one column changed. */
function insertCopy(column: string, value: string): string {
  return `INSERT INTO ${reviews} SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),
    'created_at', r.created_at + interval '1 ms', '${column}', ${value}::bigint))).* FROM ${reviews} r ${at(2)}`
}

test.each<[string, () => string, string[]]>([
  ['deleted in the middle', () => `DELETE FROM ${reviews} ${at(2)}`, ['gap 2']],
  ['deleted at the start', () => `DELETE FROM ${reviews} ${at(1)}`, ['gap 1']],
  ['cut off at the end', () => `DELETE FROM ${reviews} ${at(4)}`, ['tail 4']],
  [
    'cut off with the note of their batch',
    () => `DELETE FROM ${reviews} ${at(4)};\nDELETE FROM audit_batches WHERE writer_id = '${writer}' AND last_seq = 4`,
    ['tail 4'],
  ],
  ['all deleted', () => `DELETE FROM ${reviews} WHERE writer_id = '${writer}'`, ['tail 1-4']],
  [
    'put in twice',
    () => `INSERT INTO ${reviews} SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),
      'created_at', r.created_at + interval '1 ms'))).* FROM ${reviews} r ${at(2)}`,
    ['row_hash 2', 'repeated 2'],
  ],
  ['put in behind the last place a number holds exactly', () => insertCopy('seq', '9007199254740997'), ['beyond 5-9007199254740996']],
  ['moved to the last place of all', () => `UPDATE ${reviews} SET seq = 9223372036854775807 ${at(2)}`, ['gap 2']],
  [
    'put in without a place',
    () => `ALTER TABLE ${reviews} ALTER seq DROP NOT NULL;\n${insertCopy('seq', 'null')}`,
    ['unplaced 0'],
  ],
  [
    'put in without a writer',
    () => `ALTER TABLE ${reviews} ALTER writer_id DROP NOT NULL;\n${insertCopy('writer_id', 'null')}`,
    ['stranger writer_missing 2'],
  ],
  [
    'without bytes',
    () => `ALTER TABLE ${reviews} ALTER request_bytes DROP NOT NULL;\nUPDATE ${reviews} SET request_bytes = NULL ${at(2)}`,
    ['request_hash 2'],
  ],
  [
    'without a time',
    () => `ALTER TABLE ${reviews} DROP CONSTRAINT IF EXISTS llm_decision_reviews_id_created_at_pk;
      ALTER TABLE ${reviews} ALTER created_at DROP NOT NULL;\nUPDATE ${reviews} SET created_at = NULL ${at(2)}`,
    ['row_hash 2'],
  ],
  ['that name a policy which is gone', () => 'DELETE FROM gate_policies', ['policy']],
  [
    'swapped',
    () => `UPDATE ${reviews} SET seq = 99 ${at(2)};\nUPDATE ${reviews} SET seq = 2 ${at(3)};\nUPDATE ${reviews} SET seq = 3 ${at(99)}`,
    ['prev_hash 2', 'row_hash 2', 'prev_hash 3', 'row_hash 3', 'prev_hash 4'],
  ],
  [
    'given to another writer',
    () => `UPDATE ${reviews} SET writer_id = '${other}', seq = 3 ${at(4)}`,
    ['other prev_hash 3', 'other row_hash 3', 'tail 4', 'other beyond 3'],
  ],
  [
    'of a writer whose registration is gone',
    () => `DELETE FROM audit_writers WHERE writer_id = '${writer}'`,
    ['writer_missing 1-4', 'writer_missing 1-4'],
  ],
  [
    'of a writer that is gone without a trace',
    () =>
      [reviews, 'audit_batches', 'audit_writers'].map((table) => `DELETE FROM ${table} WHERE writer_id = '${writer}'`).join(';\n'),
    ['writer_missing 1-4'],
  ],
  [
    'of a writer with another engine',
    () => `UPDATE audit_writers SET engine_version = 'other' WHERE writer_id = '${writer}'`,
    ['writer_changed 0'],
  ],
  [
    'of a writer that began at no time',
    () => `UPDATE audit_writers SET started_at = 'infinity' WHERE writer_id = '${writer}'`,
    ['writer_changed 0'],
  ],
])('verifyAudit() finds rows %s', async (_what, sql, expected) => {
  await fixture.forge(sql())
  const found = inShort((await verify()).findings)
  for (const text of expected) expect(found).toContain(text)
  expect((await verify()).ok).toBe(false)
})

test('verifyAudit() finds a chain that was swapped for another one, and only by the checkpoints', async () => {
  const { superuser } = fixture.store
  const replacement = await fixture.write(4)
  // The replaced writer takes the name of the first one, with a chain that is sound in itself.
  const { rows } = await superuser.query(`SELECT row_hash FROM ${reviews} WHERE writer_id = $1 ORDER BY seq DESC LIMIT 1`, [writer])
  expect(rows).toHaveLength(1)
  await fixture.forge(`DELETE FROM ${reviews} WHERE writer_id = '${writer}';\nDELETE FROM audit_batches WHERE writer_id = '${writer}'`)
  await rewrite(replacement, writer)
  const swapped = await verify({ keys: [] })
  expect(inShort(swapped.findings)).toEqual(['keys'])
  await fixture.forge(`DELETE FROM review_keys WHERE review_id NOT IN (SELECT id FROM ${reviews})`)
  const unkeyed = await verify({ keys: [] })
  expect(inShort(unkeyed.findings)).toEqual([])
  expect(unkeyed.attestation.state).toBe('no_key')
  expect(inShort((await verify()).findings)).toEqual(['checkpoint 4'])
})

/** Gives the rows of one writer to another and hashes the whole chain again, as somebody would who owns the database. */
async function rewrite(from: string, to: string): Promise<void> {
  const { AuditReader } = await import('@torghut/artifact-store')
  const { chainRowHash } = await import('@torghut/contracts')
  const reader = await AuditReader.open({ url: fixture.store.database.urls.superuser })
  const chains = await reader.listChains()
  let previous = chains.find(({ writerId }) => writerId === to)!.genesisHash
  const statements: string[] = []
  for await (const rows of reader.readChain({ writerId: from, fromSeq: 1, toSeq: 99 })) {
    for (const row of rows) {
      const hash = chainRowHash({ ...row, writer_id: to, prev_hash: previous })
      const set = `writer_id = '${to}', prev_hash = '${previous}', row_hash = '${hash}'`
      statements.push(`UPDATE ${reviews} SET ${set} WHERE writer_id = '${from}' AND seq = ${row.seq}`)
      const batch = `writer_id = '${to}', last_row_hash = '${hash}'`
      statements.push(`UPDATE audit_batches SET ${batch} WHERE writer_id = '${from}' AND last_seq = ${row.seq}`)
      previous = hash
    }
  }
  await reader.close()
  await fixture.forge([...statements, `DELETE FROM audit_writers WHERE writer_id = '${from}'`].join(';\n'))
}

test('verifyAudit() finds checkpoints that were forged, taken out or signed by a stranger', async () => {
  await fixture.write(1)
  await fixture.sign()
  await fixture.sign(newKeyPem())
  expect(inShort((await verify()).findings)).toEqual(['checkpoint 3 unknown_key'])
  await fixture.forge('DELETE FROM audit_checkpoints WHERE number = 3')
  await fixture.forge("UPDATE audit_checkpoints SET signature = decode(repeat('00', 64), 'hex') WHERE number = 2")
  expect(inShort((await verify()).findings)).toEqual(['checkpoint 2 signature'])
  await fixture.forge(`UPDATE audit_checkpoints SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"rows":7', '"rows":8'), 'UTF8'),
    hash = encode(sha256(convert_to(replace(convert_from(bytes, 'UTF8'), '"rows":7', '"rows":8'), 'UTF8')), 'hex') WHERE number = 2`)
  expect(inShort((await verify()).findings)).toContain('checkpoint 2 signature')
  await fixture.forge('DELETE FROM audit_checkpoints WHERE number = 1')
  expect(inShort((await verify()).findings)).toContain('checkpoint 2 number')
})

test('verifyAudit() holds the database against checkpoints that were kept outside', async () => {
  const { AuditReader } = await import('@torghut/artifact-store')
  const reader = await AuditReader.open({ url: fixture.store.database.urls.application })
  const kept: { bytes: Buffer; signature: Buffer }[] = []
  for await (const checkpoint of reader.readCheckpoints()) kept.push(checkpoint)
  await reader.close()
  expect((await verify({ checkpoints: kept })).ok).toBe(true)
  await fixture.forge('DELETE FROM audit_checkpoints')
  await fixture.forge(`DELETE FROM ${reviews} ${at(4)};\nDELETE FROM audit_batches WHERE writer_id = '${writer}' AND last_seq = 4`)
  const without = await verify({ keys: [] })
  expect(without.attestation.state).toBe('no_checkpoints')
  expect(inShort(without.findings)).toEqual(['keys'])
  expect(inShort((await verify()).findings)).toEqual(['checkpoint 1 none', 'keys'])
  expect(inShort((await verify({ checkpoints: kept })).findings)).toEqual(['checkpoint 1 missing', 'tail 4'])
  await fixture.sign()
  expect(inShort((await verify({ checkpoints: kept })).findings)).toEqual(['checkpoint 1 differs', 'tail 4'])
})

test.each([
  ['number', 'number + 7'],
  ['taken_at', "taken_at - interval '1 ms'"],
  ['taken_at', "'infinity'"],
  ['key_id', "repeat('0', 64)"],
  ['previous_hash', "repeat('1', 64)"],
])('verifyAudit() finds a checkpoint whose %s was edited beside its bytes', async (column, value) => {
  await fixture.forge(`UPDATE audit_checkpoints SET ${column} = ${value}`)
  expect(inShort((await verify()).findings)).toEqual(['checkpoint 1 columns'])
})

test('verifyAudit() tells how long the tail is that no checkpoint attests', async () => {
  const third = await fixture.write(3)
  const report = await verify()
  expect(report.ok).toBe(true)
  expect(report.attestation).toMatchObject({ attested_rows: 6, unattested_rows: 3 })
  const { rows } = await fixture.store.superuser.query(`SELECT min(created_at) AS at FROM ${reviews} WHERE writer_id = $1`, [third])
  expect(report.attestation.unattested_since).toBe(rows[0].at.toISOString())
  expect(reportLines(report).join('\n')).toMatch(/unattested tail: 3 row\(s\), the oldest written \d+ s ago/)
})

test('verifyAudit() finds a control event that was edited, deleted or put in before a checkpoint', async () => {
  const change = { value: true, scope: null, reason: 'test', expires_at: null }
  for (const actor of ['a', 'b']) await fixture.store.store.putControl({ name: 'halt_new_risk', change, actor })
  await fixture.sign()
  expect((await verify()).ok).toBe(true)
  await fixture.store.store.putControl({ name: 'halt_new_risk', change, actor: 'later' })
  expect((await verify()).ok).toBe(true)
  await fixture.forge("UPDATE runtime_control_events SET reason = 'other' WHERE actor = 'a'")
  expect((await verify()).findings).toEqual([{ kind: 'log', table: 'runtime_control_events', number: 2, fault: 'rows' }])
  await fixture.forge("UPDATE runtime_control_events SET reason = 'test' WHERE actor = 'a'")
  expect((await verify()).ok).toBe(true)
  await fixture.forge("DELETE FROM runtime_control_events WHERE actor = 'b'")
  expect((await verify()).findings).toMatchObject([{ kind: 'log', number: 2 }])
})

test('verifyAudit() of one writer looks at its chain alone', async () => {
  await fixture.forge(`UPDATE ${reviews} SET symbol = 'AMD' ${at(2)}`)
  expect(inShort((await verify({ writerId: other })).findings)).toEqual([])
  expect((await verify({ writerId: other })).rows).toBe(2)
  expect(inShort((await verify({ writerId: writer })).findings)).toEqual(['row_hash 2'])
})

test('verifyAudit() reads a chain whose places were moved far apart', async () => {
  await fixture.forge(`UPDATE ${reviews} SET seq = 9000000000000 ${at(4)}`)
  const found = inShort((await verify()).findings)
  expect(found).toContain('gap 4-8999999999999')
  expect(found).toContain('row_hash 9000000000000')
})
