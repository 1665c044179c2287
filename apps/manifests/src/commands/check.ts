import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

import type { CommandModule } from 'yargs'

import manifest from '../../package.json' with { type: 'json' }
import type { Comparison } from '../check/comparison.ts'
import { fetchText } from '../check/fetch-text.ts'
import { readPromoted } from '../check/promoted.ts'
import { readObjects } from '../check/read-objects.ts'
import { humanReport } from '../check/report/human.ts'
import { sarifReport } from '../check/report/sarif.ts'
import { runCheck } from '../check/run-check.ts'
import { readRunning } from '../check/running.ts'
import { FileRefusedError, ManifestsError } from '../errors.ts'
import { readInputs } from '../inputs/read-values.ts'
import { readTree } from '../write-tree.ts'
import { folderOptions } from './folder-options.ts'
import type { FolderArguments } from './folder-options.ts'

interface CheckArguments extends FolderArguments {
  live: string[]
  complete: boolean
  url: string | undefined
  'api-key-file': string | undefined
  promoted: string | undefined
  json: boolean
  sarif: boolean
}

/** `manifests check`: whether generated, committed, live, running and promoted are one. */
export const checkCommand: CommandModule<object, CheckArguments> = {
  command: 'check',
  describe: 'Compare what is generated, committed, live, running and promoted',
  builder: (yargs) =>
    folderOptions(yargs)
      .option('live', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Rendered or live objects: a file or URL',
      })
      .option('complete', {
        type: 'boolean',
        default: false,
        describe: 'What is in Git must all be in --live',
      })
      .option('url', { type: 'string', describe: 'A running review API' })
      .option('api-key-file', {
        type: 'string',
        describe: 'A file with the bearer key (else TORGHUT_API_KEY)',
      })
      .option('promoted', { type: 'string', describe: 'A promotion record or bundle: a file or URL' })
      .option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' })
      .option('sarif', { type: 'boolean', default: false, describe: 'Answer in SARIF 2.1.0' })
      .epilogue('Exit codes: 0 converged, 1 drift, 2 usage or error.'),
  handler: async (argv) => {
    const comparisons = await compareAll(argv)
    process.stdout.write(report(comparisons, argv))
    process.exitCode = comparisons.some(({ findings }) => findings.length > 0) ? 1 : 0
  },
}

async function compareAll({
  root,
  live,
  complete,
  url,
  promoted,
  ...argv
}: CheckArguments): Promise<Comparison[]> {
  if (argv.json && argv.sarif)
    throw new ManifestsError('--json and --sarif are two answers: give one of them')
  if (complete && live.length === 0)
    throw new ManifestsError('--complete says something about --live: give it too')
  const apiKey = apiKeyOf(argv['api-key-file'])
  const liveTexts = await Promise.all(
    live.map(async (source) => readObjects(source, await readSource(source, null))),
  )
  return runCheck({
    inputs: readInputs(join(root, 'config/deploy')),
    committed: readTree(join(root, 'argocd/applications')),
    live: live.length === 0 ? null : { objects: liveTexts.flat(), isComplete: complete },
    running: url === undefined ? null : await readRunning(addressOf(url), apiKey),
    promoted: promoted === undefined ? null : readPromoted(promoted, await readSource(promoted, apiKey)),
  })
}

function report(comparisons: readonly Comparison[], { json, sarif }: CheckArguments): string {
  if (sarif) return `${JSON.stringify(sarifReport(comparisons, manifest.version), null, 2)}\n`
  const converged = comparisons.every(({ findings }) => findings.length === 0)
  return json ? `${JSON.stringify({ converged, comparisons })}\n` : humanReport(comparisons)
}

/** A key goes to the review API alone, never to where live objects come from. */
async function readSource(source: string, apiKey: string | null): Promise<string> {
  return /^https?:\/\//.test(source) ? fetchText(source, apiKey) : readFileOf(source)
}

function apiKeyOf(file: string | undefined): string | null {
  const key = file === undefined ? process.env['TORGHUT_API_KEY'] : readFileOf(file).trim()
  return key === undefined || key === '' ? null : key
}

function readFileOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new FileRefusedError(path, null, `cannot be read (${code ?? 'unknown reason'})`, { cause: error })
  }
}

function addressOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw new ManifestsError(`--url "${url}" is no http address`)
}
