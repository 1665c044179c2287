import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { GATE_CATALOGUE } from './gate-catalogue.ts'
import { GATE_ORDER } from './gate-order.ts'

const SHARED = ['evidence_unreadable', 'limit_not_configured', 'gate_state_missing', 'market_context_missing']

test('GATE_CATALOGUE tells every gate, in the order of the outcomes, in sentences', () => {
  expect(GATE_CATALOGUE.map(({ gate }) => gate)).toEqual(GATE_ORDER)
  for (const { checks, why, action } of GATE_CATALOGUE) {
    for (const sentence of [checks, why, action]) expect(sentence).toMatch(/^[A-Z`].*[^.\s]$/)
  }
})

test('GATE_CATALOGUE gives no code to two gates', () => {
  const codes = GATE_CATALOGUE.flatMap((about) => about.codes)
  expect(codes.length).toBe(new Set(codes).size)
})

test('GATE_CATALOGUE knows every code the gates of the advice, the order and the controls deny with', () => {
  const known = new Set([...GATE_CATALOGUE.flatMap((about) => about.codes), ...SHARED])
  const files = ['controls', 'order-shape', 'gate-state', 'advice-veto', 'only-tighter', 'fast-path', 'adjustment']
  for (const file of files) {
    const source = readFileSync(new URL(`./${file}.ts`, import.meta.url), 'utf8')
    const said = [...source.matchAll(/(?:denied\(gate, |refusal: |return |\? )'([a-z]+_[a-z_]+)'/g)].map(([, code]) => code)
    for (const code of said) expect([file, known.has(code ?? '')]).toEqual([file, true])
  }
})

/** The committed page was written from the catalogue; read back, it is a second opinion on every word of it. */
test('GATE_CATALOGUE says what the reference page says', () => {
  const page = readFileSync(new URL('../../../../docs/reference/gates.md', import.meta.url), 'utf8')
  const names = (cell: string) => [...cell.matchAll(/(?:^|[;,] )`([^`]+)`/g)].map(([, name]) => name)
  const rows = page.split('\n').filter((line) => line.startsWith('| `')).map((line) => line.slice(2, -2).split(' | '))
  const told = rows.map(([gate, checks, why, limits, codes, action]) => {
    return { gate: gate?.slice(1, -1), codes: names(codes ?? ''), checks, why, limits: names(limits ?? ''), action }
  })
  expect(GATE_CATALOGUE).toEqual(told)
})
