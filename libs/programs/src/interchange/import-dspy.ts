import { ProgramArtifact, inspectJson, readJson } from '@torghut/contracts'
import type { ArtifactNode, Demonstration } from '@torghut/contracts'

import { hasDuplicateKeys } from '../answer/duplicate-keys.ts'
import { checkProgram } from '../artifact/check-program.ts'
import { buildGraph } from '../graph/build-graph.ts'
import type { GraphNode } from '../graph/build-graph.ts'
import { SIGNATURES } from '../signature/registry.ts'
import type { Signatures } from '../signature/registry.ts'
import { isObject, readDemo } from './dspy-demos.ts'
import { DEPENDENCIES, predictorOf } from './dspy-predictor.ts'
import type { DspyPredictor, DspyVersions } from './dspy-predictor.ts'

/** Something about a saved program, with the path in the file it is about. */
export interface DspyFinding {
  code: string
  path: string
  message: string
}

/** The program a file stands for, and what of the file it does not keep; or every reason it stands for none. */
export type DspyImport =
  | { ok: true; artifact: ProgramArtifact; versions: DspyVersions; warnings: DspyFinding[] }
  | { ok: false; refusals: DspyFinding[] }

/** The class of model a saved program may name; DSPy imports any other from the file, and refuses to unless told. */
const LM_CLASS = 'dspy.clients.lm.LM'
const LM_CLASS_KEY = '_dspy_lm_class'

/** Largest file read, in characters: sixteen nodes with 32 long examples each stay below it. */
const FILE_LENGTH_MAX = 8 * 1024 * 1024

/**
 * Reads DSPy's saved-program JSON over a program of ours: instructions and worked examples come from the file, all else
 * from the frame, whose nodes the predictors are found by. Refuses what DSPy refuses, and what the form can say but our
 * signatures cannot hold; what is left out without harm is a warning. The result is a seed: nothing about how it was
 * compiled can be checked. Throws `ProgramGraphError` for a frame that is no program.
 */
export function importDspyProgram(
  bytes: Uint8Array,
  frame: ProgramArtifact,
  signatures: Signatures = SIGNATURES,
): DspyImport {
  const file = parseFile(bytes)
  if ('refusal' in file) return { ok: false, refusals: [file.refusal] }
  const graph = buildGraph(frame, signatures)
  const notes = new Notes()
  const versions = readVersions(file.root, notes)
  const saved = predictorsOf(file.root, graph.levels.flat())
  const nodes = frame.nodes.map((node) => readNode(node, graph.levels.flat(), saved, notes))
  noteExtras(saved, graph.levels.flat(), notes)
  if (notes.refusals.length > 0) return { ok: false, refusals: notes.refusals }
  return finish({ ...frame, nodes, kind: 'seed', provenance: NO_PROVENANCE, calibrator: null }, versions, notes, signatures)
}

const PREDICTOR_KEYS = ['traces', 'train', 'demos', 'signature', 'fields', 'lm', 'extended_signature']

const NO_PROVENANCE = { dataset_hash: null, optimizer: null, seed: null, metric_policy_hash: null }

/** Collects every finding, so that a person mends a file once. */
class Notes {
  readonly refusals: DspyFinding[] = []
  readonly warnings: DspyFinding[] = []

  refuse(code: string, path: string, message: string): void {
    this.refusals.push({ code, path, message })
  }

  warn(code: string, path: string, message: string): void {
    this.warnings.push({ code, path, message })
  }
}

function parseFile(bytes: Uint8Array): { root: Record<string, unknown> } | { refusal: DspyFinding } {
  const refusal = (code: string, path: string, message: string) => ({ refusal: { code, path, message } })
  if (bytes.length > FILE_LENGTH_MAX) return refusal('too_large', '', `A saved program may have ${FILE_LENGTH_MAX} bytes`)
  const text = decode(bytes)
  const root = text === null ? undefined : parse(text)
  if (text === null || root === undefined) return refusal('not_json', '', 'The file is not JSON in UTF-8: save it as .json')
  if (hasDuplicateKeys(text)) return refusal('duplicate_key', '', 'An object names a key twice')
  if (!isObject(root)) return refusal('not_object', '', 'Expected an object of predictors')
  const [unsafe] = inspectJson(root)
  return unsafe === undefined ? { root } : refusal(unsafe.code, unsafe.path, unsafe.message)
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function parse(text: string): unknown {
  try {
    const { value, hasUnsafeKey } = readJson(text)
    return hasUnsafeKey ? undefined : value
  } catch {
    return undefined
  }
}

function readVersions({ metadata }: Record<string, unknown>, notes: Notes): DspyVersions {
  const versions = isObject(metadata) ? metadata['dependency_versions'] : undefined
  if (!isObject(metadata)) notes.refuse('metadata_missing', 'metadata', 'A saved program has an object "metadata"')
  else if (!isObject(versions)) {
    notes.refuse('dependency_versions_missing', 'metadata.dependency_versions', 'Expected the versions it was saved with')
  }
  const named = isObject(versions) ? versions : {}
  for (const name of Object.keys(named)) {
    if ((DEPENDENCIES as readonly string[]).includes(name)) continue
    const message = `Only ${DEPENDENCIES.join(', ')} can be named`
    notes.refuse('unknown_dependency', `metadata.dependency_versions.${name}`, message)
  }
  for (const name of isObject(metadata) ? Object.keys(metadata) : []) {
    if (name !== 'dependency_versions') notes.warn('metadata_ignored', `metadata.${name}`, 'Is not kept')
  }
  const versionOf = (name: (typeof DEPENDENCIES)[number]) => (typeof named[name] === 'string' ? named[name] : '')
  return { python: versionOf('python'), dspy: versionOf('dspy'), cloudpickle: versionOf('cloudpickle') }
}

/** Every predictor by its path. A bare predictor has its keys at the root; it stands for the program's only node. */
function predictorsOf(root: Record<string, unknown>, nodes: readonly GraphNode[]): Record<string, unknown> {
  const { metadata: _metadata, ...predictors } = root
  const [only, ...others] = nodes
  if (only === undefined || others.length > 0) return predictors
  const { path } = predictorOf(only)
  const isBare = !Object.hasOwn(root, path) && PREDICTOR_KEYS.some((key) => Object.hasOwn(root, key))
  return isBare ? { [path]: predictors } : predictors
}

function noteExtras(saved: Record<string, unknown>, nodes: readonly GraphNode[], notes: Notes): void {
  const known = new Set(nodes.map((node) => predictorOf(node).path))
  for (const path of Object.keys(saved)) {
    if (!known.has(path)) notes.warn('extra_predictor', path, 'No node of the program has this name; it is not kept')
  }
}

function readNode(
  node: ArtifactNode,
  graph: readonly GraphNode[],
  saved: Record<string, unknown>,
  notes: Notes,
): ArtifactNode {
  const graphNode = graph.find(({ id }) => id === node.id)
  if (graphNode === undefined) return node
  const predictor = predictorOf(graphNode)
  const { path } = predictor
  const state = Object.hasOwn(saved, path) ? saved[path] : undefined
  if (!isObject(state)) {
    notes.refuse('predictor_missing', path, `The program's node "${node.id}" needs a predictor of this name`)
    return node
  }
  if (Object.hasOwn(state, 'extended_signature')) {
    notes.refuse('extended_signature', `${path}.extended_signature`, 'Files from before DSPy 2.6 cannot be read: save it anew')
  }
  checkModel(state, path, notes)
  checkLeftovers(state, path, notes)
  const instructions = readSignature(state['signature'], predictor, notes) ?? node.instructions
  return { ...node, instructions, demonstrations: readDemos(state['demos'], predictor, notes) }
}

/** The model is pinned by the artifact; one named in the file is not kept, and must be one DSPy would load. */
function checkModel(state: Record<string, unknown>, path: string, notes: Notes): void {
  if (!Object.hasOwn(state, 'lm')) return notes.refuse('lm_missing', `${path}.lm`, 'The key has to be there, if only as null')
  const { lm } = state
  if (lm === null) return
  if (!isObject(lm) || typeof lm['model'] !== 'string') {
    return notes.refuse('lm_invalid', `${path}.lm`, 'Expected null or the settings of a model')
  }
  if (Object.hasOwn(lm, LM_CLASS_KEY) && lm[LM_CLASS_KEY] !== LM_CLASS) {
    return notes.refuse('lm_custom_class', `${path}.lm.${LM_CLASS_KEY}`, `Only ${LM_CLASS} is read: a class is code`)
  }
  notes.warn('lm_ignored', `${path}.lm`, 'The model is the one the artifact pins')
}

function checkLeftovers(state: Record<string, unknown>, path: string, notes: Notes): void {
  const { fields } = state
  if (Object.hasOwn(state, 'fields') && !(isObject(fields) && Object.keys(fields).length === 0)) {
    notes.refuse('decision_fields', `${path}.fields`, 'Our signatures have no decision fields to configure')
  }
  for (const key of ['traces', 'train']) {
    const value = state[key]
    if (Array.isArray(value) && value.length > 0) notes.warn(`${key}_ignored`, `${path}.${key}`, 'Is not kept')
  }
  for (const key of Object.keys(state)) {
    if (!PREDICTOR_KEYS.includes(key)) notes.warn('key_ignored', `${path}.${key}`, 'Is not kept')
  }
}

/** The instructions, or null when there are none to read. Fields are told by their place, so their count must be ours. */
function readSignature(signature: unknown, { path, inputs, outputs }: DspyPredictor, notes: Notes): string | null {
  const at = `${path}.signature`
  const { instructions, fields } = isObject(signature) ? signature : {}
  if (typeof instructions !== 'string' || instructions === '' || !Array.isArray(fields)) {
    notes.refuse('signature_invalid', at, 'Expected instructions and a list of fields')
    return null
  }
  const expected = [...inputs, ...outputs]
  if (fields.length !== expected.length) {
    const names = expected.map(({ name }) => name).join(', ')
    notes.refuse('field_count', `${at}.fields`, `Expected ${expected.length} fields in this order: ${names}`)
  }
  for (const [index, field] of fields.entries()) {
    const { prefix, description } = isObject(field) ? field : {}
    const wanted = expected[index]
    const place = `${at}.fields.${index}`
    if (typeof prefix !== 'string' || typeof description !== 'string') {
      notes.refuse('field_invalid', place, 'Expected a prefix and a description')
    } else if (wanted !== undefined && prefix !== wanted.prefix) {
      notes.warn('prefix_differs', place, `Expected "${wanted.prefix}" for the field "${wanted.name}"`)
    } else if (wanted !== undefined && description !== wanted.description) {
      notes.warn('description_ignored', place, `The field "${wanted.name}" is described by its signature`)
    }
  }
  return instructions
}

function readDemos(demos: unknown, predictor: DspyPredictor, notes: Notes): Demonstration[] {
  const at = `${predictor.path}.demos`
  if (!Array.isArray(demos)) {
    notes.refuse('demos_invalid', at, 'Expected a list')
    return []
  }
  return demos.flatMap((saved: unknown, index) => {
    const read = readDemo(saved, predictor)
    if (!('code' in read)) return [read]
    const place = read.field === '' ? `${at}.${index}` : `${at}.${index}.${read.field}`
    notes.refuse(read.code, place, DEMO_FAULTS[read.code])
    return []
  })
}

const DEMO_FAULTS = {
  demo_not_object: 'Expected an object',
  demo_unknown_field: 'The signature has no such field',
  demo_field_missing: 'A worked example shows every input',
  demo_augmented_invalid: 'Expected true or false',
  demo_input_not_object: 'Expected the request as an object',
} as const

/** The artifact has to be one that runs: an example that breaks its signature is found now, never at a review. */
function finish(candidate: unknown, versions: DspyVersions, notes: Notes, signatures: Signatures): DspyImport {
  const parsed = ProgramArtifact.safeParse(candidate)
  if (!parsed.success) {
    const refusals = parsed.error.issues.map(({ path, message }) => ({ code: 'artifact_shape_invalid', path: path.join('.'), message }))
    return { ok: false, refusals }
  }
  const checked = checkProgram(parsed.data, signatures)
  if (checked.ok) return { ok: true, artifact: parsed.data, versions, warnings: notes.warnings }
  const { code, detail } = checked.finding
  return { ok: false, refusals: [{ code, path: '', message: detail }] }
}
