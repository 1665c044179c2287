import { readFileSync, statSync } from 'node:fs'

import { hashJson } from '@torghut/contracts'
import { v5 as uuidv5 } from 'uuid'

import { CliError } from '../errors.ts'

/** Largest file that is read; the API takes no body above 1 MiB. */
const FILE_BYTES_MAX = 4 * 1024 * 1024

/**
 * Namespace of the decision ids that are made for bare requests: the UUIDv5 of this name in the URL namespace of
 * RFC 9562. Anyone can compute the id of a request again.
 */
export const BARE_REQUEST_NAMESPACE = uuidv5('urn:torghut:review-request', uuidv5.URL)

/** A body for `POST /v1/reviews`, as text. */
export interface SubmissionText {
  body: string
  /** What stands before a path of the file in a path of the body: `request.` for a bare request. */
  pathPrefix: string
}

/**
 * Reads a file that holds the body of `POST /v1/reviews`, or only the contract's request in it. Such a bare request
 * gets the UUIDv5 of its hash as decision id (same request, same decision), no order details and no gate state. Its
 * text is sent as it stands, so that the API judges what the file says. Throws `CliError`.
 */
export function readSubmission(file: string): SubmissionText {
  const text = readText(file)
  const json = parse(text, file)
  if (!isBareRequest(json)) return { body: text, pathPrefix: '' }
  const decisionId = uuidv5(hashJson(json), BARE_REQUEST_NAMESPACE)
  const body = `{"trade_decision_id":"${decisionId}","order":null,"gate_state":null,"request":${text}}`
  return { body, pathPrefix: 'request.' }
}

function isBareRequest(json: unknown): boolean {
  return json !== null && typeof json === 'object' && 'decision' in json && !('request' in json)
}

function readText(file: string): string {
  try {
    if (statSync(file).size > FILE_BYTES_MAX)
      throw new CliError(`"${file}" is larger than any request can be (1 MiB)`)
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    throw new CliError(
      `Cannot read "${file}" (${(cause as NodeJS.ErrnoException).code}): give --file a request`,
      { cause },
    )
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CliError(`"${file}" is not JSON: ${(cause as Error).message}`, { cause })
  }
}
