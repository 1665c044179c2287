import process from 'node:process'

import { SchemaMismatchError } from '@torghut/artifact-store'
import { parseEnvironment } from '@torghut/contracts'
import { createLogger } from '@torghut/telemetry'

import { StartRefusedError } from './errors.ts'
import { wireApp } from './wiring.ts'

/** The process: environment in, a listening API, a clean stop. A wrong setting is one line on stderr and exit 2. */
async function main(): Promise<void> {
  const parsed = parseEnvironment(process.env)
  if (!parsed.ok) return refuse(parsed.problems)
  const { environment } = parsed
  const logger = createLogger({ name: 'review-api', level: environment.logLevel })
  const wired = wireApp(environment, logger)
  const address = await wired.app.listen({ host: environment.host, port: environment.port })
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    logger.info({ signal }, 'Stopping')
    await wired.close()
    process.exit(0)
  }
  process.on('SIGTERM', (signal) => void stop(signal))
  process.on('SIGINT', (signal) => void stop(signal))
  logger.info({ address }, 'Listening')
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
  return [message]
}

main().catch((error: unknown) => {
  const known = error instanceof StartRefusedError || error instanceof SchemaMismatchError
  if (known || (error as NodeJS.ErrnoException).syscall === 'listen') return refuse(explain(error))
  process.stderr.write(`review-api: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
})
