import { expect, test } from 'vitest'

import { ReplayFlagError } from './errors.ts'
import { parseFlags } from './flags.ts'

test('parseFlags() fills in everything but the API', () => {
  expect(parseFlags(['--api', 'http://127.0.0.1:8080'])).toEqual({
    apiUrl: 'http://127.0.0.1:8080',
    entriesMax: null,
    seed: 'torghut',
    from: '2000-01-01',
    to: '2020-12-31',
    concurrency: 8,
    feedback: 'none',
    help: false,
  })
})

test('parseFlags() reads a count or "all"', () => {
  expect(parseFlags(['--api', 'http://x', '--decisions', '500']).entriesMax).toBe(500)
  expect(parseFlags(['--api', 'http://x', '--decisions', 'all']).entriesMax).toBeNull()
})

test.each([
  ['no API', [], '"--api"'],
  ['an API that is no URL', ['--api', 'nonsense'], '"--api"'],
  ['another protocol', ['--api', 'ftp://x'], '"--api"'],
  ['no decisions', ['--api', 'http://x', '--decisions', '0'], '"--decisions"'],
  ['half a decision', ['--api', 'http://x', '--decisions', '1.5'], '"--decisions"'],
  ['a day that does not exist', ['--api', 'http://x', '--from', '2001-02-29'], '"--from"'],
  ['an empty period', ['--api', 'http://x', '--from', '2010-01-02', '--to', '2010-01-01'], 'period is empty'],
  ['no books at once', ['--api', 'http://x', '--concurrency', '0'], '"--concurrency"'],
  ['too many books at once', ['--api', 'http://x', '--concurrency', '65'], '"--concurrency"'],
  ['an unknown flag', ['--api', 'http://x', '--fast'], '--fast'],
  ['an unknown kind of feedback', ['--api', 'http://x', '--feedback', 'yes'], '"--feedback"'],
])('parseFlags() refuses %s in one line', (_case, argv, named) => {
  const refused = refusal(argv)
  expect(refused).toBeInstanceOf(ReplayFlagError)
  expect(refused?.message).toContain(named)
  expect(refused?.message).not.toContain('\n')
})

function refusal(argv: string[]): Error | null {
  try {
    parseFlags(argv)
    return null
  } catch (error) {
    return error as Error
  }
}
