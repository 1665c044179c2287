import type { FastifyInstance } from 'fastify'

import { ProblemError } from './problems.ts'

/**
 * Reads bodies as strict UTF-8 JSON and nothing else: other media types are 415, bad bytes or bad JSON 400.
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
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable'
    throw new ProblemError({ status: 400, code: 'invalid_json', detail: `Body is not JSON: ${why.slice(0, 120)}`, cause })
  }
}
