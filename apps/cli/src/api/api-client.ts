import { readFileSync } from 'node:fs'
import process from 'node:process'

import { Problem } from '@torghut/contracts'

import { ApiProblemError, CliError } from '../errors.ts'

/** Where the review API is and how we show who we are; the key is sent and never printed. */
export interface ApiTarget {
  url: string
  apiKey: string | null
}

export interface ApiCall {
  method: 'GET' | 'POST' | 'PUT'
  path: string
  /** JSON text, sent as it is. */
  body?: string
  headers?: Record<string, string>
  timeoutMs: number
}

/** The API a command talks to: `--url`, and the key of `--api-key-file` or TORGHUT_API_KEY. Throws `CliError`. */
export function apiTarget(argv: { url: string; 'api-key-file'?: string | undefined }): ApiTarget {
  const url = URL.parse(argv.url)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CliError(`"${argv.url}" is not the address of a review API: write --url http://host:port`)
  }
  const file = argv['api-key-file']
  const key = file === undefined ? process.env['TORGHUT_API_KEY'] : readKey(file)
  return { url: argv.url.replace(/\/+$/, ''), apiKey: key?.trim() || null }
}

/**
 * Calls the API and returns its JSON answer. Throws `ApiProblemError` with what it refused, and `CliError` when it
 * cannot be reached in time or is not a review API. Redirects are refused: a key goes to nobody else.
 */
export async function callApi(target: ApiTarget, call: ApiCall): Promise<unknown> {
  const answer = await request(target, call)
  const body = parseJson(await answer.text().catch(() => ''))
  if (answer.ok && body !== undefined) return body
  const problem = Problem.safeParse(body)
  if (problem.success) throw new ApiProblemError(problem.data)
  throw new CliError(
    `${target.url}${call.path} answered ${answer.status}, but not as a review API: check --url`,
  )
}

async function request(target: ApiTarget, call: ApiCall): Promise<Response> {
  try {
    return await fetch(`${target.url}${call.path}`, {
      method: call.method,
      headers: {
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(target.apiKey === null ? {} : { authorization: `Bearer ${target.apiKey}` }),
        ...call.headers,
      },
      body: call.body ?? null,
      redirect: 'error',
      signal: AbortSignal.timeout(call.timeoutMs),
    })
  } catch (cause) {
    const what = reasonOf(cause)
    throw new CliError(
      `No review API answers at ${target.url} (${what}): start one with torghut up, or give --url`,
      { cause },
    )
  }
}

/** fetch hides the system's word behind "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, message } = (error.cause ?? {}) as Partial<NodeJS.ErrnoException>
  return code ?? message ?? error.message
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CliError(`Cannot read the key in "${file}" (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
