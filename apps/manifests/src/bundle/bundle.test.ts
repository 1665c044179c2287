import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { readSigningKey } from '@torghut/audit'
import { canonicalJson, hashJson, sha256Hex } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { AN_HOUR_LATER, bundleOf, compiledArtifact, copyOfRepository, newApprover } from '../testing/promotion.ts'
import { runManifests } from '../testing/run-command.ts'
import { signRecord } from './governance-bundle.ts'
import type { GovernanceRecord } from './governance-bundle.ts'
import { judgeSlos } from './slos.ts'
import { readSamples } from '../rollback/prometheus-text.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const desk = newApprover()
const artifact = compiledArtifact('seed-1')
const hash = hashJson(artifact)

let root: string
const path = (name: string) => join(root, 'bundles', name)
const git = (...args: string[]) => execFileSync('git', ['-C', root, '-c', 'user.name=ada', '-c', 'user.email=ada@example.org', ...args], { stdio: 'pipe' })
const bundle = (...words: string[]) => runManifests(root, 'bundle', ...words)
const make = (out: string, ...words: string[]) => bundle('--stage', 'paper', '--key', path('key.pem'), '--out', path(out), ...words)
const verify = (file: string, key = 'key.pub') => bundle('--verify', path(file), '--key', path(key))
const recordOf = (file: string) => JSON.parse((JSON.parse(readFileSync(path(file), 'utf8')) as { record: string }).record) as GovernanceRecord

beforeAll(async () => {
  root = copyOfRepository([desk])
  for (const name of ['key', 'other']) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    writeFileSync(path(`${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(path(`${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }))
  }
  writeFileSync(path('promotion.json'), JSON.stringify(bundleOf(desk, artifact)))
  writeFileSync(path('metrics.txt'), METRICS)
  git('init', '--quiet')
  expect((await runManifests(root, 'pin', '--bundle', path('promotion.json'), '--as-of', AN_HOUR_LATER)).code).toBe(0)
  git('add', 'config', 'argocd')
  git('commit', '--quiet', '-m', 'pin')
})
afterAll(() => rmSync(root, { recursive: true }))

const METRICS = [
  `torghut_active_artifact_info{artifact_hash="${hash}",kind="compiled"} 1`,
  'torghut_trading_llm_stage_policy_violation_total 0',
  'torghut_trading_llm_fail_mode_override_total 0',
  'torghut_trading_llm_fail_mode_exception_total 0',
  'torghut_trading_llm_requests_total 2000',
  'torghut_trading_llm_error_total 20',
  'torghut_trading_llm_fallback_total{cause="internal"} 2',
  'torghut_trading_llm_fallback_total{cause="gateway_timeout"} 18',
  'torghut_trading_llm_parse_error_total 4',
  'torghut_trading_llm_validation_error_total 6',
  'torghut_trading_llm_review_duration_seconds_bucket{le="2",path="program"} 1900',
  'torghut_trading_llm_review_duration_seconds_bucket{le="+Inf",path="program"} 2000',
].join('\n')

test('audit bundle says what a stage rests on, with evidence, hashes, owners and what nobody measured', async () => {
  const { code, stdout, stderr } = await make('first.json', '--metrics', path('metrics.txt'))
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  const record = recordOf('first.json')
  expect(record.artifacts).toMatchObject({ pinned: hash, kind: 'compiled' })
  expect(record.promotion).toEqual(bundleOf(desk, artifact))
  expect(Object.keys(record.image.containers)).toContain('Service.serving.knative.dev torghut/torghut-review-api user-container')
  expect(record.files['config/deploy/pins.json']).toBe(sha256Hex(readFileSync(join(root, 'config/deploy/pins.json'))))
  expect(record.risks.map(({ owner }) => owner)).not.toContain('')
  expect(record.phases.map(({ phase, status }) => `${phase} ${status}`)).toEqual([
    'gate-evaluation pass',
    'promotion-prerequisites pass',
    // A promoted artifact with nothing promoted before it cannot be rolled back to a promoted one.
    'rollback-readiness fail',
    'drift-gate pass',
    'paper-canary pass',
    'runtime-governance pass',
    'rollback-proof skip',
  ])
  expect(record.slos.map(({ status }) => status)).toEqual(['unmeasured', 'met', 'met', 'met', 'met'])
  expect(stdout).toContain('paper: fail')
})

test('audit bundle is the same bytes when it is made again, whatever the time and the order of the disk', async () => {
  utimesSync(join(root, 'config/risks.yaml'), new Date(0), new Date(0))
  await make('again.json', '--metrics', path('metrics.txt'))
  expect(readFileSync(path('again.json'), 'utf8')).toBe(readFileSync(path('first.json'), 'utf8'))
})

test('audit bundle --verify accepts it offline with the public key, and with no other', async () => {
  const good = await verify('first.json')
  expect({ code: good.code, stderr: good.stderr }).toEqual({ code: 1, stderr: '' })
  expect(good.stdout).toContain(`artifact ${hash} (compiled)`)
  const other = await verify('first.json', 'other.pub')
  expect({ code: other.code, stdout: other.stdout }).toEqual({ code: 2, stdout: '' })
  expect(other.stderr).toContain('none of the keys given')
})

test('audit bundle --verify refuses every edit: of the record, its hash, its key, its signature', async () => {
  const text = readFileSync(path('first.json'), 'utf8')
  const signed = JSON.parse(text) as Record<'record' | 'sha256' | 'key_id' | 'signature', string>
  const edited = signed.record.replace('"status":"fail"', '"status":"pass"')
  const forgeries = {
    'the record hashes to another name': { ...signed, record: edited },
    'the signature is not of this record': { ...signed, record: edited, sha256: sha256Hex(edited) },
    'none of the keys given': { ...signed, key_id: 'a'.repeat(64) },
    'is no governance bundle': { ...signed, extra: 1 },
    'signature is not of': { ...signed, signature: `${signed.signature[0] === 'A' ? 'B' : 'A'}${signed.signature.slice(1)}` },
  }
  for (const [why, forged] of Object.entries(forgeries)) {
    writeFileSync(path('forged.json'), JSON.stringify(forged))
    const { code, stderr } = await verify('forged.json')
    expect({ code, says: stderr.includes(why) }, stderr).toEqual({ code: 2, says: true })
  }
})

test('audit bundle --verify refuses a well signed record that lies about its evidence or its status', async () => {
  const key = readSigningKey(readFileSync(path('key.pem'), 'utf8'))
  const record = recordOf('first.json')
  const stranger = newApprover('risk-desk')
  const lies: [string, GovernanceRecord][] = [
    ['another status', { ...record, status: 'pass' }],
    ['the evidence of another artifact', { ...record, promotion: bundleOf(desk, compiledArtifact('seed-2')) }],
    ['lacks the evidence', { ...record, promotion: null }],
    ['approver_unknown', { ...record, approver: { subject: 'risk-desk', public_key: stranger.publicPem } }],
    ['names no approver', { ...record, approver: null }],
  ]
  for (const [why, lie] of lies) {
    writeFileSync(path('lie.json'), signRecord(lie, key))
    const { code, stderr } = await verify('lie.json')
    expect({ code, says: stderr.includes(why) }, stderr).toEqual({ code: 2, says: true })
  }
  expect(canonicalJson(record)).toBe((JSON.parse(readFileSync(path('first.json'), 'utf8')) as { record: string }).record)
})

test('audit bundle refuses files that are not committed, a missing or public key, and no stage', async () => {
  expect((await bundle('--stage', 'paper')).stderr).toContain('Give --key')
  expect((await bundle('--key', path('key.pem'))).stderr).toContain('Give --stage')
  const publicKey = await bundle('--stage', 'paper', '--key', path('key.pub'))
  expect({ code: publicKey.code, says: publicKey.stderr.includes('is no PEM of an Ed25519 key') }).toEqual({ code: 2, says: true })
  expect(publicKey.stderr).not.toContain('BEGIN')
  appendFileSync(join(root, 'config/risks.yaml'), '\n')
  const dirty = await make('dirty.json')
  expect({ code: dirty.code, says: dirty.stderr.includes('Commit first: 1 files') }).toEqual({ code: 2, says: true })
  git('checkout', '--quiet', 'config/risks.yaml')
})

test('audit bundle of a stage the artifact is not promoted for, of metrics of another artifact, or of drift fails there', async () => {
  const phases = async (...words: string[]) => {
    await bundle('--key', path('key.pem'), '--out', path('failing.json'), ...words)
    return recordOf('failing.json').phases.filter(({ status }) => status === 'fail').map(({ phase }) => phase)
  }
  expect(await phases('--stage', 'scaled_live')).toEqual(['promotion-prerequisites', 'rollback-readiness'])
  writeFileSync(path('foreign.txt'), METRICS.replace(hash, 'e'.repeat(64)))
  expect(await phases('--stage', 'paper', '--metrics', path('foreign.txt'))).toEqual(['rollback-readiness', 'paper-canary'])
  appendFileSync(join(root, 'argocd/applications/torghut/kustomization.yaml'), '# by hand\n')
  git('commit', '--quiet', '-am', 'drift')
  expect(await phases('--stage', 'paper')).toEqual(['rollback-readiness', 'drift-gate'])
  const kept = join(root, `config/deploy/promotions/${hash}.paper.json`)
  writeFileSync(kept, readFileSync(kept, 'utf8').replace('risk-desk', 'risk-desc'))
  git('commit', '--quiet', '-am', 'edited evidence')
  expect(await phases('--stage', 'paper')).toContain('gate-evaluation')
})

test.each([
  [49, 0, 'unmeasured'],
  [50, 0, 'met'],
  [100, 5, 'met'],
  [100, 6, 'missed'],
])('judgeSlos() of %d reviews with %d fallbacks: %s', (reviews, failed, status) => {
  const samples = readSamples(`torghut_trading_llm_requests_total ${reviews}\ntorghut_trading_llm_error_total ${failed}\n`)
  expect(judgeSlos(samples, 8).find(({ slo }) => slo === 'reviews that ended in the fallback')?.status).toBe(status)
})
