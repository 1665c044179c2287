import { readJson } from '@torghut/contracts'
import type { ReadJson } from '@torghut/contracts'
import type { FastifyInstance } from 'fastify'

import { ProblemError, validationProblem } from './problems.ts'

/**
 * Reads bodies as strict UTF-8 JSON and nothing else: other media types are 415, bad bytes or bad JSON 400, a key that
 * cannot be written without an escape 422 (`unsafe_key`).
 * Replacing bad bytes, as decoders do by default, would store a text that nobody sent.
 */
export function readStrictJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parse(body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

function parse(body: Buffer): unknown {
  const { value, hasUnsafeKey } = read(body)
  if (!hasUnsafeKey) return value
  throw validationProblem([{ path: '', code: 'unsafe_key', message: 'A key holds a character that needs an escape' }])
}

function read(body: Buffer): ReadJson {
  try {
    return readJson(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable'
    throw new ProblemError({ status: 400, code: 'invalid_json', detail: `Body is not JSON: ${why.slice(0, 120)}`, cause })
  }
}
