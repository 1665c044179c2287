import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { exampleSubmission } from '@torghut/contracts/testing'
import { afterAll, expect, test } from 'vitest'

import { CliError } from '../errors.ts'
import { BARE_REQUEST_NAMESPACE, readSubmission } from './submission-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'torghut-cli-'))
const file = join(folder, 'body.json')
afterAll(() => rmSync(folder, { recursive: true }))

function reading(text: string) {
  writeFileSync(file, text)
  return readSubmission(file)
}

test('readSubmission() sends a whole body byte for byte', () => {
  const text = `${JSON.stringify(exampleSubmission(), null, 3)}\n`
  expect(reading(text)).toEqual({ body: text, pathPrefix: '' })
  expect(reading(`\uFEFF${text}`).body).toBe(text)
})

test('readSubmission() wraps a bare request without touching its text', () => {
  const text = '{ "decision": {"qty": "1.50", "qty": "2"} }'
  const { body, pathPrefix } = reading(text)
  expect(body).toContain(`"request":${text}}`)
  expect(JSON.parse(body)).toMatchObject({ order: null, gate_state: null })
  expect(pathPrefix).toBe('request.')
})

// Both ids were computed with Python's uuid and hashlib.
test('readSubmission() derives the decision id from the request alone, however it is written', () => {
  const id = (text: string) =>
    (JSON.parse(reading(text).body) as { trade_decision_id: string }).trade_decision_id
  expect(BARE_REQUEST_NAMESPACE).toBe('4526a7e6-385a-5fce-8b65-ebdd392da4f2')
  expect(id('{"decision":{"symbol":"SPY","qty":"1"}}')).toBe('a992cfc9-f218-5dcf-a58c-0c6e5eb1497d')
  expect(id('{ "decision": { "qty": "1", "symbol": "\\u0053PY" } }')).toBe(
    id('{"decision":{"symbol":"SPY","qty":"1"}}'),
  )
  expect(id('{"decision":{"symbol":"SPY","qty":"2"}}')).not.toBe(id('{"decision":{"symbol":"SPY","qty":"1"}}'))
})

test.each(['null', '[]', '"text"', '1', '{}', '{"request":null,"decision":{}}'])(
  'readSubmission() leaves it to the API to judge %s',
  (text) => {
    expect(reading(text)).toEqual({ body: text, pathPrefix: '' })
  },
)

test('readSubmission() refuses what is no JSON, and more than a request can be', () => {
  expect(() => reading('{"a":')).toThrow(CliError)
  truncateSync(file, 4 * 1024 * 1024 + 1)
  expect(() => readSubmission(file)).toThrow(/larger than any request can be/)
  expect(() => readSubmission(join(folder, 'absent'))).toThrow(/ENOENT/)
  expect(() => readSubmission(folder)).toThrow(/EISDIR/)
})
