import { once } from 'node:events'
import { createServer } from 'node:net'

import { CliError } from '../errors.ts'

/**
 * Refuses a port that cannot be listened on, before anything is started for it. Another process may still take it
 * first; the review API then says so itself. Throws `CliError`.
 */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CliError('Port must be a whole number from 0 to 65535 (--port or PORT; 0 picks a free one)')
  }
  if (port === 0) return
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new CliError(
        `Port ${port} is taken by another process: choose one with --port (0 picks a free one)`,
      )
    if (code === 'EACCES')
      throw new CliError(`Port ${port} may not be used by this user: choose one above 1023 with --port`)
  }
}
