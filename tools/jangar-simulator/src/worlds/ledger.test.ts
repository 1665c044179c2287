import { expect, test } from 'vitest'

import { createWorldLedger } from './ledger.ts'

const messages = [{ role: 'user', content: 'x'.repeat(393) }]
// 4 + 3 + 393 characters of prompt are 100 tokens, 40 of answer are 10.
const call = { model: 'world-mixed-1', messages, content: 'y'.repeat(40) }
const authorCall = { ...call, model: 'world-mixed-1-author' }

test('createWorldLedger() counts task and author calls of each key apart, and keeps no key', () => {
  const ledger = createWorldLedger({ calls: null, tokens: null })
  for (const one of [call, call, authorCall]) expect(ledger.charge('Bearer a-secret', one)).toBe(true)
  expect(ledger.charge(undefined, call)).toBe(true)
  const { accounts } = ledger.describe()
  expect(accounts).toMatchObject([
    { task: { calls: 2, tokens: 220, characters: 866 }, author: { calls: 1, tokens: 110 }, refused: 0 },
    { task: { calls: 1 }, author: { calls: 0 } },
  ])
  expect(JSON.stringify(accounts)).not.toContain('a-secret')
})

test('createWorldLedger() stops exactly at the calls of the budget, key by key', () => {
  const ledger = createWorldLedger({ calls: 2, tokens: null })
  expect([call, authorCall, call].map((one) => ledger.charge('a', one))).toEqual([true, true, false])
  expect(ledger.charge('b', call)).toBe(true)
  expect(ledger.describe().accounts[0]).toMatchObject({
    task: { calls: 1 },
    author: { calls: 1 },
    refused: 1,
  })
})

test('createWorldLedger() lets a call through that ends exactly at the tokens, and none above', () => {
  const exact = createWorldLedger({ calls: null, tokens: 220 })
  expect([call, call, call].map((one) => exact.charge('a', one))).toEqual([true, true, false])
  const short = createWorldLedger({ calls: null, tokens: 219 })
  expect([call, call].map((one) => short.charge('a', one))).toEqual([true, false])
})

test('createWorldLedger() leaves models of no world alone', () => {
  const ledger = createWorldLedger({ calls: 0, tokens: 0 })
  expect(ledger.charge('a', { ...call, model: 'gpt-5.3-codex-spark' })).toBe(true)
  expect(ledger.charge('a', call)).toBe(false)
})
