import { expect, test } from 'vitest'

import { readFlags } from '../flags.ts'
import { readFrozenWorlds } from './frozen.ts'

test('readFlags() serves no worlds, the frozen ones, named ones, or both, each once', () => {
  const { worlds } = readFrozenWorlds()
  const budget = { calls: null, tokens: null }
  expect(readFlags([])).toMatchObject({ ok: true, options: { worlds: undefined } })
  expect(readFlags(['--worlds'])).toMatchObject({ options: { worlds: { names: worlds, budget } } })
  expect(readFlags(['--world', 'mixed-a,chain-b'])).toMatchObject({ options: { worlds: { names: ['mixed-a', 'chain-b'] } } })
  expect(readFlags(['--worlds', '--world', 'mixed-1'])).toMatchObject({ options: { worlds: { names: worlds } } })
})

test('readFlags() reads what a key may spend, and only with worlds', () => {
  const limits = ['--world-calls', '400', '--world-tokens', '9999999']
  expect(readFlags(['--worlds', ...limits])).toMatchObject({
    options: { worlds: { budget: { calls: 400, tokens: 9_999_999 } } },
  })
  expect(readFlags(limits)).toMatchObject({ ok: false })
})

test.each(['mixed', 'unknown-1', 'mixed-A'])('readFlags() refuses --world %s in one line', (name) => {
  expect(readFlags(['--world', name])).toEqual({ ok: false, problem: `Cannot use --world "${name}": no family makes it` })
})
