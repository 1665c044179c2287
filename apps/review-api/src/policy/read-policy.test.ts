import { readFileSync } from 'node:fs'

import { GatePolicy, hashJson } from '@torghut/contracts'
import { exampleGatePolicy } from '@torghut/contracts/testing'
import { expect, test } from 'vitest'

import { readPolicy } from './read-policy.ts'

const COMMITTED = readFileSync(new URL('../../../../config/gate-policy.yaml', import.meta.url), 'utf8')
const { trading_mode, advice, context } = exampleGatePolicy()
const SETTINGS = { trading_mode, advice, context }

function lineOf(text: string): number {
  return COMMITTED.split('\n').findIndex((line) => line.includes(text)) + 1
}

function problemOf(text: string, settings = SETTINGS): string | null {
  const read = readPolicy(text, settings)
  return read.ok ? null : read.problem
}

test('readPolicy() reads the committed file, for paper and for live', () => {
  for (const mode of ['paper', 'live'] as const) {
    const read = readPolicy(COMMITTED, { ...SETTINGS, trading_mode: mode })
    if (!read.ok) throw new Error(read.problem)
    const { policy, policyHash, bytes } = read.used
    expect(GatePolicy.parse(JSON.parse(bytes.toString()))).toEqual(policy)
    expect(policyHash).toBe(hashJson(policy))
    expect(policy.limits.max_decision_age_seconds).toBe(mode === 'live' ? 120 : null)
  }
})

test.each<[string, string, string, RegExp]>([
  ['a number where a decimal is meant', "max_position_qty: '20000'", 'max_position_qty: 20000', /Decimals are JSON strings/],
  ['an unknown name', 'max_orders_per_day: 1000', 'max_orders_a_day: 1000', /max_orders_/],
  ['a limit that is none', 'max_drawdown: 0.15', 'max_drawdown: 1.5', /max_drawdown/],
  ['infinity', 'max_drawdown: 0.15', 'max_drawdown: .inf', /max_drawdown/],
  ['contradictory limits', "order_qty: { min: null, max: '10000' }", "order_qty: { min: '10001', max: '10000' }", /min above its max/],
  ['a name said twice', 'max_repeats_per_day: 20', 'max_repeats_per_day: 20\n  max_repeats_per_day: 30', /unique/],
])('readPolicy() names the line of %s', (_what, good, bad, why) => {
  expect(COMMITTED).toContain(good)
  const problem = problemOf(COMMITTED.replace(good, bad)) ?? ''
  expect(problem).toMatch(why)
  const [, line] = /^line (\d+): /.exec(problem) ?? []
  expect(Math.abs(Number(line) - lineOf(good.split(':')[0] ?? ''))).toBeLessThanOrEqual(_what === 'an unknown name' ? 100 : 1)
})

test('readPolicy() names the line of broken YAML and refuses a bomb', () => {
  expect(problemOf('limits: [1,\nfile_version: }')).toMatch(/^line 2: /)
  const bomb = ['a: &a [x,x,x,x,x,x]', 'b: &b [*a,*a,*a,*a,*a,*a]', 'c: [*b,*b,*b,*b,*b,*b]'].join('\n')
  expect(problemOf(bomb)).toMatch(/alias/)
  for (const text of ['', 'null', '[]', '42', '\u0000']) expect(problemOf(text)).toMatch(/\S/)
})

test('readPolicy() refuses in live a limit that is not configured, with its line', () => {
  const open = COMMITTED.replace('price_collar_bps: 500', 'price_collar_bps: null')
  expect(problemOf(open)).toBeNull()
  const problem = problemOf(open, { ...SETTINGS, trading_mode: 'live' })
  expect(problem).toBe(`line ${lineOf('  price_collar_bps: 500')}: limits.price_collar_bps is not configured: live needs every limit`)
})
