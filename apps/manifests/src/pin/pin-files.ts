import { join } from 'node:path'

import { isScalar, parseDocument } from 'yaml'

import { TREE_FOLDER } from '../check/compare-committed.ts'
import { FileRefusedError } from '../errors.ts'
import { readText } from '../inputs/read-values.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { generateTree } from '../tree.ts'
import { readTree } from '../write-tree.ts'

/** The files of a deployment that a pin or a rollback may write, below the root. */
export const PINS_FILE = 'config/deploy/pins.json'
export const HISTORY_FILE = 'config/deploy/pin-history.json'
export const DENYLIST_FILE = 'config/deploy/denylist.json'
export const TRAFFIC_FILE = 'config/deploy/traffic.json'
export const HASH_NAME = 'LLM_DSPY_ARTIFACT_HASH'

/** Every file whose text follows from these inputs: values first, then the tree they make. Throws what generating throws. */
export function filesOf(root: string, inputs: Inputs): Map<string, string | null> {
  const tree = generateTree(inputs).map(({ path, text }) => [`${TREE_FOLDER}/${path}`, text] as const)
  const wanted = new Set<string>(tree.map(([path]) => path))
  const gone = [...readTree(join(root, TREE_FOLDER)).keys()]
    .map((path) => `${TREE_FOLDER}/${path}`)
    .filter((path) => !wanted.has(path))
  return new Map<string, string | null>([
    [DENYLIST_FILE, jsonText(inputs.denylist)],
    [HISTORY_FILE, jsonText(inputs.history)],
    [TRAFFIC_FILE, inputs.traffic === null ? null : jsonText(inputs.traffic)],
    [PINS_FILE, pinsText(root, inputs)],
    ...tree,
    ...gone.map((path) => [path, null] as const),
  ])
}

/** JSON as our files are written: two spaces, a newline at the end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** The pins file with another hash; every other byte stays. */
function pinsText(root: string, { pins }: Inputs): string {
  const path = join(root, PINS_FILE)
  const text = readText(path)
  const node = parseDocument(text).getIn(['env', HASH_NAME], true)
  if (!isScalar(node) || node.range == null) throw new FileRefusedError(path, null, `does not pin ${HASH_NAME}`)
  const [from, to] = node.range
  return `${text.slice(0, from)}${JSON.stringify(pins.env[HASH_NAME])}${text.slice(to)}`
}
