import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { CHAINED_COLUMNS, chainRowHash, genesisHash } from './row-hash.ts'
import type { ChainedRow } from './row-hash.ts'

const at = new Date('2026-03-02T15:04:05.5Z')

const row: ChainedRow = {
  id: '00000000-0000-4000-8000-000000000001',
  trade_decision_id: '00000000-0000-4000-8000-000000000002',
  idempotency_key: 'key',
  strategy_id: 'momentum-1',
  symbol: 'NVDA',
  verdict: 'veto',
  reason: null,
  advice_verdict: 'approve',
  fallback_cause: null,
  llm_skipped: null,
  model: 'm',
  prompt_version: 'dspy:v1',
  program_name: 'p',
  signature_version: 'v1',
  artifact_hash: null,
  artifact_kind: null,
  executor: null,
  arm: 'base',
  stage: 'paper',
  clock: 'wall',
  simulated: false,
  prompt_hash: null,
  request_hash: 'a',
  response_hash: null,
  record_hash: 'b',
  hash_version: 'jcs-sha256-v1',
  policy_hash: 'c',
  engine_version: '0.1.0',
  event_at: at,
  known_at: at,
  reviewed_at: at,
  valid_until: at,
  shadow_of: null,
  duplicate_of: null,
  writer_id: '00000000-0000-4000-8000-000000000003',
  seq: 1,
  prev_hash: 'd',
  created_at: at,
}

test('chainRowHash() is SHA-256 over sorted JSON, as another language would build it', () => {
  const iso = '"2026-03-02T15:04:05.500Z"'
  const json =
    '{"advice_verdict":"approve","arm":"base","artifact_hash":null,"artifact_kind":null,"clock":"wall",' +
    `"created_at":${iso},"duplicate_of":null,"engine_version":"0.1.0","event_at":${iso},"executor":null,` +
    '"fallback_cause":null,"hash_version":"jcs-sha256-v1","id":"00000000-0000-4000-8000-000000000001",' +
    `"idempotency_key":"key","known_at":${iso},"llm_skipped":null,"model":"m","policy_hash":"c","prev_hash":"d",` +
    '"program_name":"p","prompt_hash":null,"prompt_version":"dspy:v1","reason":null,"record_hash":"b",' +
    `"request_hash":"a","response_hash":null,"reviewed_at":${iso},"seq":1,"shadow_of":null,` +
    '"signature_version":"v1","simulated":false,"stage":"paper","strategy_id":"momentum-1","symbol":"NVDA",' +
    `"trade_decision_id":"00000000-0000-4000-8000-000000000002","valid_until":${iso},"verdict":"veto",` +
    '"writer_id":"00000000-0000-4000-8000-000000000003"}'
  expect(chainRowHash(row)).toBe(createHash('sha256').update(json).digest('hex'))
})

test('chainRowHash() changes with every column it covers', () => {
  const hashes = CHAINED_COLUMNS.map((name) => {
    const value = row[name]
    return chainRowHash({ ...row, [name]: value instanceof Date ? new Date(0) : `${value}!` })
  })
  expect(new Set([chainRowHash(row), ...hashes]).size).toBe(CHAINED_COLUMNS.length + 1)
})

test('chainRowHash() ignores members that are no chained column', () => {
  expect(chainRowHash({ ...row, rationale: 'other' } as ChainedRow)).toBe(chainRowHash(row))
})

test('genesisHash() differs by writer, engine and start', () => {
  const writer = { writerId: 'w', engineVersion: '1', startedAt: at }
  const changes = [{ writerId: 'x' }, { engineVersion: '2' }, { startedAt: new Date(0) }]
  const others = changes.map((change) => ({ ...writer, ...change }))
  expect(new Set([writer, ...others].map(genesisHash)).size).toBe(4)
})
