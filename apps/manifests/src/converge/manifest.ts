import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml'

import { FileRefusedError } from '../errors.ts'
import { shortView, wholeView } from './text-view.ts'
import type { TextView } from './text-view.ts'

/** A file read as YAML: every document of it, and where each place of the view is in the file. */
export interface Manifest {
  /** As people are told. */
  path: string
  /** As the file system knows it; kustomizations name files relative to it. */
  id: string
  /** Read only to see what would win over the files to be edited. */
  isContext: boolean
  source: string
  view: TextView
  documents: readonly Document.Parsed[]
}

export interface ManifestText {
  path: string
  text: string
  id?: string
  isContext?: boolean
}

/**
 * Reads a file's text. Throws `FileRefusedError` with the line when it is not YAML. Names nobody wants may be
 * left out.
 */
export function readManifest(file: ManifestText, isWanted: (name: string) => boolean): Manifest {
  const short = manifestOf(file, shortView(file.text, isWanted))
  if (short.documents.every(({ errors }) => errors.length === 0)) return short
  const whole = manifestOf(file, wholeView(file.text))
  const [error] = whole.documents.flatMap(({ errors }) => errors)
  if (error === undefined) return whole
  throw new FileRefusedError(
    file.path,
    lineOf(whole, error.pos[0]),
    `Cannot read this as YAML: ${inWords(error.message)}`,
  )
}

/** Reads a view of a file's text; errors are for the caller to look at. */
export function manifestOf({ path, text, id, isContext }: ManifestText, view: TextView): Manifest {
  return {
    path,
    id: id ?? path,
    isContext: isContext ?? false,
    source: text,
    view,
    documents: parse(view.text),
  }
}

/** Parses every document of a text. Source tokens say where a dash, a comma or a header stands. */
export function parse(text: string, { keepSourceTokens } = { keepSourceTokens: true }): Document.Parsed[] {
  const documents = parseAllDocuments(text, { keepSourceTokens, prettyErrors: false, logLevel: 'silent' })
  return 'empty' in documents ? [] : documents
}

function inWords(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/\.$/, '')
}

/** The line of an offset of the view, counted from 1, as an editor shows it. */
export function lineOf({ view, source }: Pick<Manifest, 'view' | 'source'>, offset: number): number {
  const end = view.toSource(offset, 'after')
  let line = 1
  for (let at = source.indexOf('\n'); at !== -1 && at < end; at = source.indexOf('\n', at + 1)) line += 1
  return line
}

/** A refusal that names the place of a node. */
export function refusal(manifest: Manifest, node: Node | null | undefined, why: string): FileRefusedError {
  return new FileRefusedError(manifest.path, lineOf(manifest, node?.range?.[0] ?? 0), why)
}

/** The pair of a key written in a map; a key that a merge (`<<`) brings is not seen. */
export function pairOf(map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  return (map.items as Pair<Node, Node | null>[]).find(
    ({ key: node }) => isScalar(node) && node.value === key,
  )
}

/** The value of a key, or undefined; null stands for a key without one. */
export function valueOf(node: unknown, key: string): Node | null | undefined {
  return isMap(node) ? pairOf(node as YAMLMap, key)?.value : undefined
}

/** The string a key holds; undefined for anything else. */
export function stringOf(node: unknown, key: string): string | undefined {
  const value = valueOf(node, key)
  return isScalar(value) && typeof value.value === 'string' ? value.value : undefined
}

/** The items of a list; none for anything else. */
export function itemsOf(node: unknown): Node[] {
  return isSeq(node) ? ((node as YAMLSeq).items as Node[]) : []
}

/** A map that can be read and edited where it stands, or null; an alias stands somewhere else. */
export function mapAt(node: unknown): YAMLMap | null {
  return isMap(node) && !isAlias(node) ? (node as YAMLMap) : null
}

/** Whether a map is written as JSON has it, which a bare word would end. */
export function isJson(node: unknown): boolean {
  if (!isMap(node) || node.flow !== true) return false
  const key = (node as YAMLMap).items[0]?.key
  return isScalar(key) && key.type === 'QUOTE_DOUBLE'
}
