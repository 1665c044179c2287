import { readFlags } from './flags.ts'
import { startSimulator } from './gateway/server.ts'

const flags = readFlags(process.argv.slice(2))
if (!flags.ok) {
  process.stderr.write(`${flags.problem}\n`)
  process.exit(2)
}

const simulator = await startSimulator(flags.options)
let closing = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close())
process.stdout.write(`${JSON.stringify({ ready: true, url: simulator.url })}\n`)

/** Ends open streams and leaves; a second signal changes nothing. */
async function close(): Promise<void> {
  if (closing) return
  closing = true
  await simulator.close()
  process.exit(0)
}
