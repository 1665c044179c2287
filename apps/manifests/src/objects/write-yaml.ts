import { Document, isScalar, visit } from 'yaml'
import type { Scalar } from 'yaml'

/** What says what an object is stands before what it holds; below, every key is in code point order. */
const FIRST_KEYS = ['apiVersion', 'kind', 'metadata', 'name']

/**
 * Text that no reader of YAML 1.1 or 1.2 takes for anything but this text, and that needs no quotes: it begins with a
 * letter or a slash and holds nothing that could begin a comment, a mapping or a flow.
 */
const PLAIN = /^[A-Za-z/][A-Za-z0-9 _./@()$-]*$/

/** Words that some reader takes for a flag, nothing or a number. */
const WORDS = /^(y|n|yes|no|on|off|true|false|null|inf|nan)$/i

const HEADER = [
  ' Written by "torghut manifests generate" from config/deploy and the environment contract.',
  ' Edits here are overwritten; "torghut manifests check" names them.',
].join('\n')

/**
 * Writes one object as a YAML document with a final newline. Same object, same bytes: keys are sorted, lists keep their
 * order, and whether a text is quoted depends on nothing but the text.
 */
export function writeYaml(object: object): string {
  const document = new Document(object, { aliasDuplicateObjects: false, sortMapEntries: compareEntries })
  document.commentBefore = HEADER
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || typeof node.value !== 'string') return
      node.type = styleOf(node.value)
    },
  })
  return document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: true })
}

function styleOf(text: string): Scalar.Type {
  if (text.includes('\n') && !/[^\n\t\u0020-\u007e\u00a0-\ud7ff]|[ \t]\n|^\s|\n\n$/.test(text))
    return 'BLOCK_LITERAL'
  return PLAIN.test(text) && !WORDS.test(text) && !text.endsWith(' ') ? 'PLAIN' : 'QUOTE_DOUBLE'
}

function compareEntries(left: { key: unknown }, right: { key: unknown }): number {
  const [a, b] = [keyOf(left.key), keyOf(right.key)]
  const rank = rankOf(a) - rankOf(b)
  return rank !== 0 ? rank : a < b ? -1 : 1
}

function rankOf(key: string): number {
  const place = FIRST_KEYS.indexOf(key)
  return place < 0 ? FIRST_KEYS.length : place
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key)
}
