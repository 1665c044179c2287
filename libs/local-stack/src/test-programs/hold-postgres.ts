import { startEmbeddedPostgres } from '../index.ts'

/** A parent to be killed: serves the data directory argv 2 until then. */
const [dataDir = ''] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)

const server = await startEmbeddedPostgres({ dataDir, log: (message) => say(message) })
say(`server pid ${server.pid}`)
