import process from 'node:process'

import {
  MigrationEditedError,
  MigrationOutOfOrderError,
  SchemaMismatchError,
  StoreUrlInvalidError,
} from '@torghut/artifact-store'
import { parseEnvironment } from '@torghut/contracts'
import { JangarSettingsError } from '@torghut/jangar-transport'
import { createLogger, startTracing } from '@torghut/telemetry'

import { StartRefusedError } from './errors.ts'
import { wireApp } from './wiring.ts'

/** How long the last line may take to be written, in milliseconds. */
const LAST_WORDS_MS = 100

/** The process: environment in, a listening API, a clean stop. A wrong setting is one line on stderr and exit 2. */
async function main(): Promise<void> {
  // A diagnostic report goes to whoever helps; the environment holds keys and passwords.
  process.report.excludeEnv = true
  const parsed = parseEnvironment(process.env)
  if (!parsed.ok) return refuse(parsed.problems)
  const { environment } = parsed
  const logger = createLogger({ name: 'review-api', level: environment.logLevel })
  const tracing = await startTracing({
    serviceName: 'torghut-review-api',
    env: process.env,
    onExport: (reason) => {
      if (reason === null) logger.info('Traces reach the collector again')
      else logger.warn({ reason }, 'Traces do not reach the collector')
    },
  })
  const wired = wireApp(environment, { logger, tracer: tracing.tracer })
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    logger.info({ signal }, 'Stopping')
    const isDone = await wired.close()
    await tracing.close()
    if (isDone) process.exit(0)
    // A thread waits for a disk that does not answer, and a usual exit would wait for that thread.
    logger.error({}, 'A write hangs on the disk; ending without it')
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_WORDS_MS)
  }
  process.on('SIGTERM', (signal) => void stop(signal))
  process.on('SIGINT', (signal) => void stop(signal))
  const address = await wired.app.listen({ host: environment.host, port: environment.port })
  // Written at every log level: whoever started us learns from it where we listen, and that it is us.
  logger.child({}, { level: 'info' }).info({ address }, 'Listening')
  await wired.connect()
  logger.info({ artifactHash: environment.artifactHash, mode: environment.policy.trading_mode }, 'Ready to review')
}

function refuse(problems: string[]): never {
  for (const problem of problems) process.stderr.write(`review-api: ${problem}\n`)
  process.exit(2)
}

function explain(error: unknown): string[] {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return [`${message}: another process uses the port; set PORT to a free one`]
  if (code === 'EACCES') return [`${message}: this user may not listen there; set PORT to 1024 or above`]
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return [`${message}: set HOST to an address of this machine`]
  return [message]
}

/** What a person has to mend; its message says how. Anything else is a fault of ours and keeps its stack. */
const FOR_A_PERSON = [
  JangarSettingsError,
  MigrationEditedError,
  MigrationOutOfOrderError,
  SchemaMismatchError,
  StartRefusedError,
  StoreUrlInvalidError,
]

/** The system calls behind listening: a failure there is about PORT or HOST. */
const LISTEN_CALLS = ['listen', 'getaddrinfo']

main().catch((error: unknown) => {
  const known = FOR_A_PERSON.some((kind) => error instanceof kind)
  if (known || LISTEN_CALLS.includes((error as NodeJS.ErrnoException).syscall ?? '')) return refuse(explain(error))
  process.stderr.write(`review-api: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
})
