import process from 'node:process'

import type { CommandModule } from 'yargs'

import { stopRequested } from '../stack/stop-signal.ts'
import { dataDirOption } from './data-dir-option.ts'

interface DemoArguments {
  seed: string
  decisions: string
  'data-dir': string
  json: boolean
}

/** `torghut demo`: the main job end to end on real market days, with everything started and stopped for you. */
export const demoCommand: CommandModule<object, DemoArguments> = {
  command: 'demo',
  describe:
    'Run the main job end to end: real S&P 500 days, a scheduler, reviews by a simulated model, results',
  builder: (yargs) =>
    yargs
      .option('seed', {
        type: 'string',
        default: 'torghut',
        describe: 'Names the run; same seed, same table (times aside)',
      })
      .option('decisions', { type: 'string', default: 'all', describe: 'How many entries to post, or "all"' })
      .option('data-dir', { ...dataDirOption, describe: 'The run gets a fresh folder below it' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the summary as one JSON document' }),
  handler: async (argv) => {
    const stop = stopRequested()
    const [{ runDemo }, { demoReport }] = await Promise.all([
      import('../demo/run-demo.ts'),
      import('../demo/report.ts'),
    ])
    const demo = runDemo({
      seed: argv.seed,
      decisions: argv.decisions,
      dataDir: argv['data-dir'],
      quiet: argv.json,
      signal: stop.signal,
    })
    const result = await demo.finally(() => stop.dispose())
    process.stdout.write(argv.json ? `${JSON.stringify(result)}\n` : demoReport(result))
    process.exitCode = result.checks.every((check) => check.passed) ? 0 : 1
  },
}
