import { readFileSync } from 'node:fs'
import process from 'node:process'

import { Lane, agentRunRequest } from '@torghut/contracts'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'

import { readValues } from '../inputs/read-values.ts'
import { LanePlan, runOf } from './lane-plan.ts'
import { postRun } from './post-run.ts'

/** Shortest wait before another try. */
const RETRY_MS = 5_000

/** What a CronJob runs: asks the review API for one lane's run of the present slot. Exit 0 when the run is there. */
async function main(): Promise<void> {
  const argv = await yargs(hideBin(process.argv))
    .locale('en')
    .option('lane', { choices: Lane.options, demandOption: true })
    .option('plan', { type: 'string', demandOption: true, describe: 'The plan of all lanes' })
    .option('url', { type: 'string', demandOption: true, describe: 'Origin of the review API' })
    .option('api-key-file', { type: 'string', demandOption: true, describe: 'A file with a key of scope lifecycle' })
    .option('deadline-seconds', { type: 'number', demandOption: true })
    .strict()
    .exitProcess(false)
    .parseAsync()
  const plan = readValues(argv.plan, LanePlan)
  const request = agentRunRequest(runOf(plan, argv.lane, new Date()))
  const taken = await postRun(request, {
    apiUrl: argv.url,
    apiKey: readFileSync(argv['api-key-file'], 'utf8').trim(),
    deadlineMs: argv['deadline-seconds'] * 1000,
    retryMs: RETRY_MS,
  })
  process.stdout.write(`${JSON.stringify({ key: request.idempotencyKey, taken })}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`lane-post: ${(error as Error).message.replace(/\s+/g, ' ')}\n`)
  process.exitCode = 1
})
