import { expect, test } from 'vitest'

import { interleave } from './interleave.ts'

const signal = new AbortController().signal

test('interleave() measures every variant once a round and begins each round with another one', async () => {
  const order: string[] = []
  const variant = (name: string) => [name, async () => ({ at: order.push(name) })] as const
  const measured = await interleave(new Map([variant('a'), variant('b'), variant('c')]), { rounds: 4, signal })
  expect(order.join('')).toBe('abcbcacababc')
  expect(measured.get('b')).toEqual({ at: [2, 4, 9, 11] })
})

test('interleave() measures nothing more once it was stopped', async () => {
  const stopped = new AbortController()
  let measurements = 0
  const variant = async () => {
    measurements += 1
    stopped.abort(new Error('enough'))
    return { at: 1 }
  }
  const running = interleave(new Map([['a', variant], ['b', variant]]), { rounds: 2, signal: stopped.signal })
  await expect(running).rejects.toThrow('enough')
  expect(measurements).toBe(1)
})
