import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

import { loggedError } from './logged-error.ts'
import { currentFacts } from './tracing/request-scope.ts'

/** Paths that may hold a secret or an account figure; they are replaced before a line is written. */
const REDACTED_PATHS = [
  'apiKey',
  '*.apiKey',
  'password',
  '*.password',
  'authorization',
  '*.authorization',
  'req.headers.authorization',
  'headers.authorization',
  'databaseUrl',
  '*.databaseUrl',
]

/**
 * A JSON logger on stdout (or `destination`): one constant message a line, facts as fields, secrets redacted. Lines
 * written while a request is served carry what is known of it.
 */
export function createLogger(options: { name: string; level: string; destination?: DestinationStream }): Logger {
  const settings = {
    name: options.name,
    level: options.level,
    mixin: currentFacts,
    serializers: { err: (error: unknown) => loggedError(error) },
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    base: null,
  }
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination)
}

export type { Logger }
