import { expect, test } from 'vitest'

import { StackProcessError, ownWords } from './errors.ts'

test('StackProcessError repeats the sentences of a process that refused, without its name', () => {
  const lines = [
    'review-api: LLM_ENABLED is no longer read: remove it',
    '',
    'review-api: PORT is not usable: expected a number',
  ]
  expect(new StackProcessError('review API', 'exited with code 2', lines).message).toBe(
    'review API exited with code 2: LLM_ENABLED is no longer read: remove it; PORT is not usable: expected a number',
  )
})

test('StackProcessError has nothing to add for a process that said nothing', () => {
  expect(new StackProcessError('review API', 'exited with SIGKILL', []).message).toBe(
    'review API exited with SIGKILL',
  )
})

test.each([
  [
    'an uncaught error',
    [
      'file:///app/src/main.ts:3',
      "throw new TypeError('no')",
      '      ^',
      '',
      'TypeError: no',
      '    at main (file:///app/src/main.ts:3:7)',
      '',
      'Node.js v24.21.0',
    ],
    'TypeError: no',
  ],
  [
    'a printed stack',
    ['review-api: Error: no rows', '    at read (file:///app/src/read.ts:1:1)'],
    'Error: no rows',
  ],
  [
    'an error with fields',
    [
      'Error: connect',
      '    at x (node:net:1:1) {',
      "  code: 'ECONNREFUSED',",
      '  syscall: "connect"',
      '}',
      'Node.js v24.21.0',
    ],
    'Error: connect',
  ],
])('ownWords() keeps the one sentence of %s', (_what, lines, words) => {
  expect(ownWords(lines)).toBe(words)
})

test('ownWords() keeps the newest five sentences', () => {
  expect(ownWords(['1', '2', '3', '4', '5', '6'])).toBe('2; 3; 4; 5; 6')
})
