import process from 'node:process'

import type { Argv } from 'yargs'

/** What `apiOptions` reads. */
export interface ApiArguments {
  url: string
  'api-key-file': string | undefined
  json: boolean
}

/** Where `torghut up` listens when nothing else is said. */
export function defaultApiUrl(): string {
  return `http://127.0.0.1:${process.env['PORT'] || 8080}`
}

/** The options of every command that talks to a review API. */
export function apiOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('url', { type: 'string', default: defaultApiUrl(), describe: 'The review API' })
    .option('api-key-file', { type: 'string', describe: 'A file with the bearer key (else TORGHUT_API_KEY)' })
    .option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' })
}
