import process from 'node:process'

import type { CommandModule } from 'yargs'

import { CliError } from '../errors.ts'

interface CheckArguments {
  url: string | undefined
  model: string
  'timeout-ms': number
  json: boolean
}

/** `torghut jangar`: everything about the gateway. */
export const jangarCommand: CommandModule = {
  command: 'jangar',
  describe: 'Look at the Jangar gateway',
  builder: (yargs) => yargs.command(checkCommand).demandCommand(1, 'Say what to do: torghut jangar check'),
  handler: () => undefined,
}

/** `torghut jangar check`: whether a live gateway keeps the contract the transport rests on, before a rollout. */
const checkCommand: CommandModule<object, CheckArguments> = {
  command: 'check',
  describe: 'Run the transport contract against a live gateway (three short model calls)',
  builder: (yargs) =>
    yargs
      .option('url', {
        type: 'string',
        describe: 'The gateway (else JANGAR_BASE_URL); JANGAR_API_KEY is sent when set',
      })
      .option('model', {
        type: 'string',
        default: process.env['LLM_MODEL'] || 'gpt-5.3-codex-spark',
        describe: 'The pinned model',
      })
      .option('timeout-ms', { type: 'number', default: 60_000, describe: 'Longest wait for one reply' })
      .option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' })
      .epilogue('Exit codes: 0 the contract is kept, 1 it is not, 2 usage, or no gateway answers.'),
  handler: async (argv) => {
    const [{ checkGateway }, { parseJangarBaseUrl }, { jangarReport }] = await Promise.all([
      import('@torghut/jangar-transport'),
      import('@torghut/contracts'),
      import('../jangar/jangar-report.ts'),
    ])
    const base = parseJangarBaseUrl(argv.url ?? process.env['JANGAR_BASE_URL'] ?? '')
    const given = argv.url === undefined ? 'JANGAR_BASE_URL' : '--url'
    if (!base.ok) throw new CliError(base.problem.replace('JANGAR_BASE_URL', given))
    if (!Number.isInteger(argv['timeout-ms']) || argv['timeout-ms'] < 1)
      throw new CliError('--timeout-ms must be a whole number above 0')
    const check = await checkGateway({
      origin: base.origin,
      model: argv.model,
      apiKey: process.env['JANGAR_API_KEY'] || null,
      timeoutMs: argv['timeout-ms'],
    })
    const passed = check.rows.every((row) => row.passed)
    const document = { url: base.origin, passed, ...check }
    process.stdout.write(argv.json ? `${JSON.stringify(document)}\n` : jangarReport(base.origin, check))
    process.exitCode = passed ? 0 : 1
  },
}
