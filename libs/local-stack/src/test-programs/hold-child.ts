import { spawnKept } from '../index.ts'

/** A parent to be killed: keeps `sh -c <argv 3>` under the name argv 2, repeats its lines, survives SIGINT. */
const [name = 'child', script = 'exit 0', graceMs = '500'] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)

process.on('SIGINT', () => say('parent got SIGINT'))
const child = spawnKept({ name, command: '/bin/sh', args: ['-c', script], graceMs: Number(graceMs), onStdoutLine: say })
say(`child pid ${child.pid}`)
