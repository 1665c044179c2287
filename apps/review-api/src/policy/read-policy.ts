import type { GatePolicy, PolicyFault, PolicySettings } from '@torghut/contracts'
import { PolicyFile, canonicalJson, composeGatePolicy, inspectJson, sha256Hex, toValidationIssues } from '@torghut/contracts'
import { LineCounter, isNode, parseDocument } from 'yaml'
import type { Document } from 'yaml'

/** A policy in force: what gates judge by, the bytes that are stored, and the hash rows name. */
export interface UsedPolicy {
  policy: GatePolicy
  policyHash: string
  bytes: Buffer
}

export type ReadPolicy = { ok: true; used: UsedPolicy } | { ok: false; problem: string }

/** Most an alias may stand for: a policy has no use for any, a bomb needs many. */
const ALIASES_MAX = 10

/** Reads the text of a policy file beside the environment's part. A problem is one line: where, and why. Never throws. */
export function readPolicy(text: string, settings: PolicySettings): ReadPolicy {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [broken] = document.errors
  if (broken !== undefined) return refused(lines.linePos(broken.pos[0]).line, firstLine(broken.message))
  try {
    return compose(document, lines, settings)
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? firstLine(error.message) : String(error) }
  }
}

/** The policy with its canonical bytes. */
export function usedPolicy(policy: GatePolicy): UsedPolicy {
  const bytes = Buffer.from(canonicalJson(policy))
  return { policy, policyHash: sha256Hex(bytes), bytes }
}

function compose(document: Document, lines: LineCounter, settings: PolicySettings): ReadPolicy {
  const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX })
  const [unsafe] = inspectJson(value)
  if (unsafe !== undefined) return refusedAt(document, lines, { path: unsafe.path.split('.'), message: `${unsafe.path}: ${unsafe.message}` })
  const parsed = PolicyFile.safeParse(value, { reportInput: true })
  if (!parsed.success) {
    const [issue] = toValidationIssues(parsed.error)
    return refusedAt(document, lines, { path: (issue?.path ?? '').split('.'), message: `${issue?.path}: ${issue?.message}` })
  }
  const composed = composeGatePolicy(settings, parsed.data)
  const [fault] = composed.ok ? [] : composed.faults
  if (fault !== undefined) return refusedAt(document, lines, fault)
  return composed.ok ? { ok: true, used: usedPolicy(composed.policy) } : { ok: false, problem: 'no policy' }
}

/** The line of the entry a fault names, or of the nearest thing above it that is there. */
function refusedAt(document: Document, lines: LineCounter, { path, message }: PolicyFault): ReadPolicy {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return refused(lines.linePos(node.range[0]).line, message)
  }
  return refused(1, message)
}

function refused(line: number, why: string): ReadPolicy {
  return { ok: false, problem: `line ${line}: ${why}` }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}
