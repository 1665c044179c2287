import { DrizzleQueryError } from 'drizzle-orm'
import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'

import { describeTarget, guarded, toStoreError } from './connection.ts'
import { StoreUnavailableError, StoreUrlInvalidError } from './errors.ts'

function databaseError(code: string): DatabaseError {
  return Object.assign(new DatabaseError('refused', 7, 'error'), { code })
}

test('describeTarget() names host, port and database and no credentials', () => {
  const url = 'postgres://user:secret@db.internal:6432/torghut?sslmode=require'
  expect(describeTarget(url)).toBe('db.internal:6432/torghut')
})

test.each(['', 'user:secret@db', 'http://db/torghut', '/var/run'])('describeTarget() refuses %j', (url) => {
  expect(() => describeTarget(url)).toThrow(StoreUrlInvalidError)
})

test.each(['08006', '28P01', '3D000', '40P01', '53300', '57P01', '57014', '25006', '55P03'])(
  'toStoreError() reads SQLSTATE %s as unavailable and keeps the cause',
  (code) => {
    const cause = databaseError(code)
    const error = toStoreError('db/torghut', cause)
    expect(error).toBeInstanceOf(StoreUnavailableError)
    expect(error).toMatchObject({ cause, target: 'db/torghut' })
  },
)

test.each(['22003', '23505', '42501', '42P01', 'TG001', '25P02'])('toStoreError() lets SQLSTATE %s through', (code) => {
  const cause = databaseError(code)
  expect(toStoreError('db', cause)).toBe(cause)
})

test('toStoreError() takes off the wrapper that repeats the parameters', () => {
  const cause = databaseError('57P01')
  const error = toStoreError('db', new DrizzleQueryError('select $1', ['broker position'], cause))
  expect(error).toMatchObject({ message: 'Cannot use PostgreSQL at "db": 57P01 refused', cause })
})

test('guarded() keeps errors that are no fault of the database', async () => {
  const own = new TypeError('ours')
  await expect(guarded('db', () => Promise.reject(own))).rejects.toBe(own)
})

test('guarded() reads the plain errors of the driver as unavailable', async () => {
  const ended = guarded('db', () => Promise.reject(new Error('Connection terminated unexpectedly')))
  await expect(ended).rejects.toBeInstanceOf(StoreUnavailableError)
})
