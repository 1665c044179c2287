import { expect, test } from 'vitest'

import { parseFlags } from './flags.ts'

const parse = (...argv: string[]) => parseFlags(argv, '2026-01-02')

test('parseFlags() measures everything in five rounds and writes nothing unless told', async () => {
  expect(await parse()).toMatchObject({
    names: ['assemble', 'gates', 'path', 'durability', 'converge', 'graph', 'audit'],
    measuring: { rounds: 5 },
    json: false,
    page: null,
    date: '2026-01-02',
  })
})

test('parseFlags() takes names, rounds and a date', async () => {
  const flags = await parse('gates', 'path', '--quick', '--rounds', '2', '--date', '2026-03-04')
  expect(flags).toMatchObject({ names: ['gates', 'path'], measuring: { rounds: 2 }, date: '2026-03-04' })
})

test.each([
  ['an unknown name', ['speed'], 'Cannot find benchmark "speed": there is assemble, gates, path, durability'],
  ['an unknown flag', ['--fast'], 'Unknown argument: fast'],
  ['no rounds', ['--rounds', '0'], 'Cannot use --rounds 0: write a whole number from 1 to 100'],
  ['too many rounds', ['--rounds', '101'], 'Cannot use --rounds 101: write a whole number from 1 to 100'],
  ['half a round', ['--rounds', '1.5'], 'Cannot use --rounds 1.5: write a whole number from 1 to 100'],
  ['a date in other words', ['--date', 'today'], 'Cannot use --date "today": write YYYY-MM-DD'],
  ['a page from a part', ['gates', '--write'], 'Cannot write the page from a part: leave out the names'],
  ['a page from a quick run', ['--quick', '--write'], 'Cannot write the page from a quick run: leave out --quick'],
])('parseFlags() refuses %s', async (_what, argv, message) => {
  await expect(parse(...argv)).rejects.toThrow(message)
})
