import { existsSync, readFileSync } from 'node:fs'

import { PinsFile } from '@torghut/contracts'
import { LineCounter, isNode, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import type { z } from 'zod'

import { FileRefusedError } from '../errors.ts'
import { Denylist } from './denylist.ts'
import { DeployValues } from './deploy-values.ts'
import { LaneValues } from './lane-values.ts'
import { Owners } from './owners.ts'
import { PinHistory } from './pin-history.ts'
import { TrafficSplit } from './traffic-split.ts'

/** Longest input we read, in bytes: ours have a few thousand. */
const INPUT_BYTES_MAX = 1024 * 1024

/** Everything the manifests follow from, besides the environment contract of the code itself. */
export interface Inputs {
  deploy: DeployValues
  lanes: LaneValues
  owners: Owners
  pins: PinsFile
  denylist: Denylist
  history: PinHistory
  /** Null while everything goes to the newest revision. */
  traffic: TrafficSplit | null
}

/** Reads the files of a deploy folder. Throws `FileRefusedError` with the line to blame. */
export function readInputs(folder: string): Inputs {
  return {
    deploy: readValues(`${folder}/torghut.yaml`, DeployValues),
    lanes: readValues(`${folder}/agents.yaml`, LaneValues),
    owners: readValues(`${folder}/owners.yaml`, Owners),
    pins: readValues(`${folder}/pins.json`, PinsFile),
    denylist: readValues(`${folder}/denylist.json`, Denylist),
    history: readValues(`${folder}/pin-history.json`, PinHistory),
    traffic: existsSync(`${folder}/traffic.json`) ? readValues(`${folder}/traffic.json`, TrafficSplit) : null,
  }
}

/** Reads one file of values, YAML or JSON, and holds it against its schema. Throws `FileRefusedError`. */
export function readValues<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  const text = readText(path)
  const lines = new LineCounter()
  // JSON is YAML; the duplicate keys that JSON.parse lets pass are an error here.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined)
    throw new FileRefusedError(path, lines.linePos(fault.pos[0]).line, firstLine(fault.message))
  const parsed = schema.safeParse(toValue(path, document, 0))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue?.path ?? []
  const place = at.length === 0 ? 'the whole file' : at.join('.')
  throw new FileRefusedError(
    path,
    lineOf(document, lines, at),
    `${place}: ${issue?.message ?? 'is not usable'}`,
  )
}

/** The file's text. Throws `FileRefusedError` when it cannot be read or is larger than 1 MiB. */
export function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > INPUT_BYTES_MAX) throw new FileRefusedError(path, null, 'is larger than 1 MiB')
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof FileRefusedError) throw error
    if (error instanceof TypeError)
      throw new FileRefusedError(path, null, 'is not UTF-8 text', { cause: error })
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown reason'})`
    throw new FileRefusedError(path, null, why, { cause: error })
  }
}

/** The plain value of a document. Throws `FileRefusedError` for too many aliases: a few can grow to gigabytes. */
export function toValue(path: string, document: Document, maxAliasCount: number): unknown {
  try {
    return document.toJS({ maxAliasCount }) as unknown
  } catch (error) {
    throw new FileRefusedError(
      path,
      null,
      `has an alias that cannot be followed: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

/** The line of the deepest part of a path that the file has; a missing key is blamed on what should hold it. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | null {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return null
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
