import { expect, test } from 'vitest'

import { MigrationEditedError, MigrationOutOfOrderError, SchemaMismatchError } from '../errors.ts'
import { MIGRATIONS_FOLDER, committedMigrations, pendingMigrations } from './history.ts'

const first = { tag: '0000_first', hash: 'a', stamp: 100 }
const second = { tag: '0001_second', hash: 'b', stamp: 200 }

test('pendingMigrations() names everything for a fresh database', () => {
  expect(pendingMigrations([first, second], [])).toEqual([first, second])
})

test('pendingMigrations() names only what is newer than the last applied one', () => {
  expect(pendingMigrations([first, second], [first])).toEqual([second])
})

test('pendingMigrations() is empty when all are applied', () => {
  expect(pendingMigrations([first, second], [first, second])).toEqual([])
})

test('pendingMigrations() refuses an applied file that was edited, also when a newer one waits', () => {
  expect(() => pendingMigrations([{ ...first, hash: 'edited' }, second], [first])).toThrow(MigrationEditedError)
})

test('pendingMigrations() refuses a file older than the applied ones that was never applied', () => {
  expect(() => pendingMigrations([first, second], [second])).toThrow(MigrationOutOfOrderError)
})

test('pendingMigrations() refuses a database that knows more than this build', () => {
  expect(() => pendingMigrations([first], [first, second])).toThrow(SchemaMismatchError)
})

test('committedMigrations() finds the committed files in order, each with its own tag', () => {
  const committed = committedMigrations(MIGRATIONS_FOLDER)
  expect(committed.map(({ tag }) => tag).slice(0, 3)).toEqual(['0000_tables', '0001_append_only', '0002_reading'])
  expect(committed.map(({ stamp }) => stamp)).toEqual(committed.map(({ stamp }) => stamp).toSorted((a, b) => a - b))
})
