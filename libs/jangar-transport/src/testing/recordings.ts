import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Recording {
  id: string
  /** The day of the gateway's revision. */
  gatewayDate: string
  body: Buffer
  isStream: boolean
  status: number
  headers: Record<string, string>
  /** Offset and length of each chunk as it was received. */
  arrivals: (readonly [number, number])[]
  ended: string
  expected: {
    class: string
    content: string | null
    reasoning?: string
    usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number } | null
    errors: { type: string; code: string; message: string }[]
    finish_reason: string | null
    done?: boolean
    frames?: number
    keepalives?: number
    thread_id?: string | null
  }
}

interface Sidecar {
  id: string
  gateway: { commit_date: string }
  body: { file: string }
  response: { status: number; headers: [string, string][] }
  arrivals: [number, number, number][]
  ended: string
  expected: Recording['expected']
}

/**
 * The recorded gateway replies below `TORGHUT_FIXTURES`; an empty list and a printed notice when it
 * is unset.
 */
export function loadRecordings(): Recording[] {
  const root = process.env['TORGHUT_FIXTURES']
  if (root === undefined || root === '') {
    process.stderr.write('TORGHUT_FIXTURES is not set: the tests over recorded gateway streams are skipped\n')
    return []
  }
  const folder = join(root, 'sse-recordings')
  const sidecars = readdirSync(folder)
    .filter((name) => name.endsWith('.meta.json'))
    .sort()
  return sidecars.map((name) =>
    readRecording(folder, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Sidecar),
  )
}

function readRecording(folder: string, sidecar: Sidecar): Recording {
  return {
    id: sidecar.id,
    gatewayDate: sidecar.gateway.commit_date,
    body: readFileSync(join(folder, sidecar.body.file)),
    isStream: sidecar.body.file.endsWith('.sse'),
    status: sidecar.response.status,
    headers: Object.fromEntries(sidecar.response.headers.map(([name, value]) => [name.toLowerCase(), value])),
    arrivals: sidecar.arrivals.map(([offset, length]) => [offset, length]),
    ended: sidecar.ended,
    expected: sidecar.expected,
  }
}
