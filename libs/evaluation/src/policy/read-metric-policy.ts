import { MetricPolicy, canonicalJson, inspectJson, sha256Hex, toValidationIssues } from '@torghut/contracts'
import { LineCounter, isNode, parseDocument } from 'yaml'
import type { Document } from 'yaml'

/** A metric policy with the canonical text its hash is made of: what evaluations name and the store keeps. */
export interface UsedMetricPolicy {
  policy: MetricPolicy
  policyHash: string
  text: string
}

export type ReadMetricPolicy = { ok: true; used: UsedMetricPolicy } | { ok: false; problem: string }

/** Most an alias may stand for: a policy has no use for any, a bomb needs many. */
const ALIASES_MAX = 10

/**
 * Reads the text of a metric policy file. Anything absent, null, out of range or unknown refuses the whole policy; the
 * problem is one line that says where and why. Comments and key order do not move the hash. Never throws.
 */
export function readMetricPolicy(text: string): ReadMetricPolicy {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [broken] = document.errors
  if (broken !== undefined) return refused(lines.linePos(broken.pos[0]).line, broken.message)
  try {
    return parse(document, lines)
  } catch (error) {
    return { ok: false, problem: firstLine(error instanceof Error ? error.message : String(error)) }
  }
}

function parse(document: Document, lines: LineCounter): ReadMetricPolicy {
  const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX })
  const [unsafe] = inspectJson(value)
  if (unsafe !== undefined) return refused(lineOf(document, lines, unsafe.path), `${unsafe.path}: ${unsafe.message}`)
  const parsed = MetricPolicy.safeParse(value, { reportInput: true })
  if (!parsed.success) {
    const [issue] = toValidationIssues(parsed.error)
    return refused(lineOf(document, lines, issue?.path ?? ''), `${issue?.path}: ${issue?.message}`)
  }
  const canonical = canonicalJson(parsed.data)
  return { ok: true, used: { policy: parsed.data, policyHash: sha256Hex(canonical), text: canonical } }
}

/** The line of an entry, or of the nearest thing above it that is there. */
function lineOf(document: Document, lines: LineCounter, path: string): number {
  const keys = path.split('.')
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(keys.slice(0, depth), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}

function refused(line: number, why: string): ReadMetricPolicy {
  return { ok: false, problem: `line ${line}: ${firstLine(why)}` }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}
