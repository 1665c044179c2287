import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { exampleGatePolicy } from '@torghut/contracts/testing'
import { createLogger } from '@torghut/telemetry'
import { afterAll, beforeEach, expect, test } from 'vitest'

import { GatePolicies } from './gate-policies.ts'

const COMMITTED = readFileSync(new URL('../../../../config/gate-policy.yaml', import.meta.url), 'utf8')
const OTHER = COMMITTED.replace('verdict_ttl_seconds: 60', 'verdict_ttl_seconds: 30')
const { trading_mode, advice, context } = exampleGatePolicy()

const folder = mkdtempSync(join(tmpdir(), 'torghut-policy-'))
const path = join(folder, 'gate-policy.yaml')

beforeEach(() => writeFileSync(path, COMMITTED))

afterAll(() => rmSync(folder, { recursive: true }))

function open(at = path) {
  const used: string[] = []
  const logger = createLogger({ name: 'test', level: 'silent' })
  const settings = { trading_mode, advice, context }
  return { policies: new GatePolicies({ path: at, settings, logger, onUse: (hash) => void used.push(hash) }), used }
}

test('GatePolicies uses a changed file, and tells each policy once', () => {
  const { policies, used } = open()
  const first = policies.current()
  policies.refresh()
  writeFileSync(path, OTHER)
  policies.refresh()
  expect(policies.current().policy.verdict_ttl_seconds).toBe(30)
  writeFileSync(path, `# a remark\n${OTHER}`)
  policies.refresh()
  expect(used).toEqual([first.policyHash, policies.current().policyHash])
  expect(policies.textOf(first.policyHash)).toBe(first.bytes.toString())
  expect(policies.textOf('f'.repeat(64))).toBeNull()
})

test('GatePolicies keeps the last good policy while a file is bad or gone, and says where and why', () => {
  const { policies } = open()
  const { policyHash } = policies.current()
  for (const bad of ['limits: [', COMMITTED.replace('max_drawdown: 0.15', 'max_drawdown: 15')]) {
    writeFileSync(path, bad)
    policies.refresh()
    expect(policies.current().policyHash).toBe(policyHash)
    expect(policies.complaint()).toMatch(/gate-policy\.yaml, line \d+: .*; policy [0-9a-f]{12} stays in force/)
  }
  rmSync(path)
  policies.refresh()
  expect(policies.complaint()).toContain('no such file')
  expect([policies.current().policyHash, policies.missing()]).toEqual([policyHash, null])
  writeFileSync(path, COMMITTED)
  policies.refresh()
  expect([policies.complaint(), policies.current().policyHash]).toEqual([null, policyHash])
})

test('GatePolicies without a good file is closed until there is one', () => {
  writeFileSync(path, 'nonsense: true')
  const { policies, used } = open()
  expect(policies.current().policy.limits.reduce_only).toBe(true)
  expect(policies.missing()).toMatch(/only proved exits pass/)
  expect([policies.complaint(), used.length]).toEqual([null, 1])
  writeFileSync(path, COMMITTED)
  policies.refresh()
  expect(policies.missing()).toBeNull()
  expect(policies.current().policy.limits.reduce_only).toBe(false)
})

test('GatePolicies sees a swapped symlink, as a ConfigMap is updated', () => {
  const mounted = join(folder, 'mounted')
  for (const [version, text] of [['v1', COMMITTED], ['v2', OTHER]] as const) {
    mkdirSync(join(mounted, version), { recursive: true })
    writeFileSync(join(mounted, version, 'gate-policy.yaml'), text)
  }
  symlinkSync('v1', join(mounted, '..data'))
  symlinkSync(join('..data', 'gate-policy.yaml'), join(mounted, 'gate-policy.yaml'))
  const { policies } = open(join(mounted, 'gate-policy.yaml'))
  symlinkSync('v2', join(mounted, '..data_tmp'))
  renameSync(join(mounted, '..data_tmp'), join(mounted, '..data'))
  policies.refresh()
  expect(policies.current().policy.verdict_ttl_seconds).toBe(30)
})

test('GatePolicies stores every policy it used once, also after the store failed', async () => {
  const { policies } = open()
  const first = policies.current().policyHash
  writeFileSync(path, OTHER)
  policies.refresh()
  const stored: string[] = []
  const away = { saveGatePolicy: () => Promise.reject(new Error('away')) }
  await expect(policies.save(away)).rejects.toThrow('away')
  expect(policies.isUnsaved).toBe(true)
  const store = { saveGatePolicy: (bytes: Uint8Array) => Promise.resolve(Buffer.from(bytes).toString()).then((text) => (stored.push(text), text)) }
  await policies.save(store)
  await policies.save(store)
  expect(stored).toEqual([policies.textOf(first), policies.textOf(policies.current().policyHash)])
  expect(policies.isUnsaved).toBe(false)
})
