import type { FieldProvenance, NodeProvenance, ReviewAdvice, ReviewRecord } from '@torghut/contracts'

import { plain } from '../terminal/plain.ts'

/** A line of a tree and what hangs below it. */
interface Branch {
  line: string
  below: Branch[]
}

/** How much of a hash tells it from the others of one review. */
const HASH_LENGTH = 12
const TEXT_WIDTH = 90

/**
 * A review as a tree: the verdict and the gates that made it, the advice field by field with where each value comes from,
 * and every node with what it read, asked, was shown and was checked for.
 */
export function explainReview(record: ReviewRecord): string {
  const root = branch(`review ${record.review_id}: ${record.verdict}`, [
    line(`reason ${record.reason ?? 'every gate passed'}`),
    gates(record),
    advice(record),
    ...program(record),
  ])
  return `${[root.line, ...drawn(root.below, '')].join('\n')}\n`
}

function gates({ outcomes }: ReviewRecord): Branch {
  const denials = outcomes.flatMap((outcome) => (outcome.passed ? [] : [line(`${outcome.gate}: ${outcome.code}`)]))
  const passed = outcomes.filter((outcome) => outcome.passed).map(({ gate }) => gate)
  const rest = passed.length === 0 ? [] : [line(`passed: ${passed.join(', ')}`)]
  return branch(`gates (${outcomes.length}, ${denials.length} denied)`, [...denials, ...rest])
}

function advice({ advice: given, fallback, llm_skipped: skipped, provenance }: ReviewRecord): Branch {
  if (skipped !== null) return line(`advice: not asked (${skipped})`)
  if (given === null) return line('advice: not asked (a gate had denied already)')
  const who = fallback === null ? '' : `, fallback (${fallback.cause}: ${plain(fallback.detail, TEXT_WIDTH)})`
  const fields = (provenance?.fields ?? []).map((field) => fieldLine(field, given))
  return branch(`advice: ${given.verdict}, confidence ${given.confidence}${who}`, fields)
}

function fieldLine({ field, from, rule }: FieldProvenance, given: ReviewAdvice): Branch {
  const value = field
    .split('.')
    .reduce<unknown>((found, key) => (Object(found) as Record<string, unknown>)[key], given)
  const shown = field.startsWith('committee') ? '' : ` = ${plain(JSON.stringify(value), TEXT_WIDTH)}`
  return line(`${field}${shown}  <- ${rule}(${from.join(', ')})`)
}

function program({ lineage, provenance }: ReviewRecord): Branch[] {
  const nodes = provenance?.nodes ?? []
  if (nodes.length === 0) return []
  const name = `${lineage.program_name} ${lineage.signature_version}, artifact ${short(lineage.artifact_hash)}`
  const model = lineage.simulated ? 'simulated model' : plain(lineage.model, TEXT_WIDTH)
  return [branch(`program ${name} (${lineage.artifact_kind}, ${model})`, nodes.map(node))]
}

function node(entry: NodeProvenance): Branch {
  const role = entry.role === null ? 'no role' : `${entry.role}${entry.mandatory ? ', mandatory' : ''}`
  const reads = entry.reads.map(({ port, from, hash }) => `${port === from ? from : `${port}=${from}`} ${short(hash)}`)
  const below = [
    line(`reads ${reads.join(', ')}`),
    line(`examples ${entry.demonstrations.length === 0 ? 'none' : entry.demonstrations.map(short).join(', ')}`),
    ...calls(entry),
    ...answer(entry),
    line(`checks ${entry.checks.map(({ check, passed }) => `${check} ${passed ? 'passed' : 'FAILED'}`).join(', ') || 'none'}`),
  ]
  const ended = entry.failure === null ? '' : `: failed, ${entry.failure}`
  return branch(`${entry.node} (${role}; ${entry.signature}; ${entry.call_pattern})${ended}`, below)
}

function calls({ calls: made, cache }: NodeProvenance): Branch[] {
  if (made.length === 0) return [line(`no call (cache ${cache})`)]
  return made.map((call) => {
    const tokens = call.tokens_prompt === null ? 'tokens unknown' : `${call.tokens_prompt} + ${call.tokens_completion} tokens`
    const result = call.cause === null ? `answer ${short(call.response_hash)}` : `no usable answer, ${call.cause}`
    const id = call.completion_id === null ? 'no completion' : plain(call.completion_id, TEXT_WIDTH)
    return line(`call ${call.sample}, ${call.ask}: prompt ${short(call.prompt_hash)}, ${result}, ${id}, ${tokens}`)
  })
}

/** Its answer field by field, cut to a line each; the whole of it is in `--json`. */
function answer({ output, output_hash: hash }: NodeProvenance): Branch[] {
  if (output === null) return []
  const fields = Object.entries(output).map(([name, value]) => line(`${name}: ${plain(JSON.stringify(value), TEXT_WIDTH)}`))
  return [branch(`answered ${short(hash)}`, fields)]
}

function short(hash: string | null): string {
  return hash === null ? 'none' : hash.slice(0, HASH_LENGTH)
}

function branch(text: string, below: Branch[]): Branch {
  return { line: text, below }
}

function line(text: string): Branch {
  return branch(text, [])
}

function drawn(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ line: text, below }, at) => {
    const isLast = at === branches.length - 1
    return [`${indent}${isLast ? '└─ ' : '├─ '}${text}`, ...drawn(below, `${indent}${isLast ? '   ' : '│  '}`)]
  })
}
