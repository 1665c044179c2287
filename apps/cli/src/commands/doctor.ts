import process from 'node:process'

import type { CommandModule } from 'yargs'

import { defaultApiUrl } from '../api/api-options.ts'
import { dataDirOption } from './data-dir-option.ts'

interface DoctorArguments {
  'data-dir': string
  'jangar-url': string | undefined
  url: string | undefined
  json: boolean
}

/** `torghut doctor`: what is configured, reachable, missing or deprecated, and what to do about each. */
export const doctorCommand: CommandModule<object, DoctorArguments> = {
  command: 'doctor',
  describe: 'Say what is configured, reachable, missing or deprecated, and what to do about it',
  builder: (yargs) =>
    yargs
      .option('data-dir', dataDirOption)
      .option('jangar-url', { type: 'string', describe: 'The gateway to look at (else JANGAR_BASE_URL)' })
      .option('url', { type: 'string', describe: 'A review API that must be running' })
      .option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' })
      .epilogue('Exit codes: 0 nothing is wrong, 1 something is, 2 usage or error.'),
  handler: async (argv) => {
    const [{ runDoctor }, { doctorReport }] = await Promise.all([
      import('../doctor/run-doctor.ts'),
      import('../doctor/doctor-report.ts'),
    ])
    const findings = await runDoctor({
      env: process.env,
      dataDir: argv['data-dir'],
      jangarUrl: argv['jangar-url'],
      apiUrl: argv.url ?? defaultApiUrl(),
      apiNamed: argv.url !== undefined,
    })
    const healthy = findings.every(({ state }) => state !== 'wrong')
    process.stdout.write(
      argv.json ? `${JSON.stringify({ healthy, findings })}\n` : doctorReport(findings, healthy),
    )
    process.exitCode = healthy ? 0 : 1
  },
}
