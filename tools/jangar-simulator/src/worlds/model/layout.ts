import type { PromptMessage } from './read-records.ts'

/** How a prompt wants its reply to be written. */
export type Layout =
  | { kind: 'markers'; fields: string[] }
  | { kind: 'json'; fields: string[] }
  | { kind: 'line'; field: string }
  | { kind: 'fence' }
  | { kind: 'plain' }

/**
 * The layout a prompt asks for: marker lines, a JSON object, a labelled line, a fenced block, or the
 * bare text.
 */
export function readLayout(messages: readonly PromptMessage[], fieldName: string): Layout {
  const text = messages.map(({ content }) => content).join('\n')
  const query = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  const reply = messages.findLast(({ role }) => role === 'assistant')?.content ?? ''
  if (MARKER.test(text)) return { kind: 'markers', fields: markedOutputs(text, query, fieldName) }
  const shown = keysOf(reply)
  if (shown.length > 0) return { kind: 'json', fields: shown }
  const told = messages.filter(({ role }) => role !== 'assistant').map(({ content }) => content)
  if (/\bjson\b/i.test(told.join('\n'))) return { kind: 'json', fields: namedKeys(text, query, fieldName) }
  if (text.includes('```')) return { kind: 'fence' }
  const field = LABELLED_LINE.exec(reply)?.[1] ?? REQUESTED_LINE.exec(told.join('\n'))?.[1]
  return field === undefined ? { kind: 'plain' } : { kind: 'line', field }
}

const MARKER = /\[\[ ## ([\w ]+?) ## \]\]/
const LABELLED_LINE = /^([A-Za-z]\w*): \S/
/** `Answer: <word>`: a label and a place to fill. */
const REQUESTED_LINE = /^\W*([A-Za-z]\w*):\s*[<{$]/m
const REASONING = /reason|thought|think|rationale|expla|observ/i

/** Writes a reply in a layout; a field for reasons gets a sentence that teaches nothing. */
export function writeReply(layout: Layout, reply: string): string {
  if (layout.kind === 'plain') return reply
  if (layout.kind === 'fence') return `\`\`\`\n${reply}\n\`\`\``
  if (layout.kind === 'line') return `${layout.field}: ${reply}`
  const target = layout.fields.findLast((field) => !REASONING.test(field)) ?? layout.fields.at(-1)
  const written = layout.fields.map((field): [string, string] => [field, field === target ? reply : REASON])
  if (layout.kind === 'json') return JSON.stringify(Object.fromEntries(written))
  const lines = written.map(([field, value]) => `[[ ## ${field} ## ]]\n${value}`)
  return [...lines, '[[ ## completed ## ]]'].join('\n\n')
}

const REASON = 'The fields of the record decide.'

/** Every marker of the prompt that holds no input, in the order of their first mention. */
function markedOutputs(text: string, query: string, fieldName: string): string[] {
  const inputs = new Set(
    [...query.matchAll(/^\[\[ ## ([\w ]+?) ## \]\]\s*?\n?(?!\s*\[\[)\s*\S/gm)].map(([, name]) => name),
  )
  const names = new Set([...text.matchAll(new RegExp(MARKER, 'g'))].map(([, name]) => name ?? ''))
  const outputs = [...names].filter((name) => name !== 'completed' && !inputs.has(name))
  return outputs.length === 0 ? [fieldName] : outputs
}

/** Keys in quotes anywhere in the prompt that the query does not use. */
function namedKeys(text: string, query: string, fieldName: string): string[] {
  const inputs = new Set(quotedKeys(query.split('\n').find((line) => keysOf(line).length > 0) ?? ''))
  const keys = quotedKeys(text).filter((key) => !inputs.has(key))
  return keys.length === 0 ? [fieldName] : [...new Set(keys)]
}

function quotedKeys(text: string): string[] {
  return [...text.matchAll(/"([A-Za-z_]\w*)"\s*:/g)].map(([, key]) => key ?? '')
}

function keysOf(text: string): string[] {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.keys(json) : []
  } catch {
    return []
  }
}
