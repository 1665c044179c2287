import { AdviceVerdict, FallbackCause, Probabilities, Provenance, canonicalJson, hashJson } from '@torghut/contracts'
import type { FieldProvenance, NodeProvenance, ReviewAdvice, ReviewRequest } from '@torghut/contracts'

import type { MandatoryRole } from '../artifact/loaded-artifact.ts'
import { toAdvice } from '../committee/to-advice.ts'
import { fallbackAdvice } from '../executor/fallback.ts'
import { heuristicAdvice } from '../executor/heuristic.ts'
import { REQUEST_KEY } from '../graph/build-graph.ts'
import { tradeReview } from '../signature/trade-review.ts'
import { pathExists } from '../validators/path-exists.ts'
import { committeeFields, fallbackFields, heuristicFields } from './field-sources.ts'
import { isWhole } from './record-nodes.ts'

/**
 * Walks an advice back: every field to the nodes it came from, every node to its call or cache hit and to what it read,
 * and that to the request. Then makes the advice again from the outputs found on the way. Returns every link that is
 * broken, as a sentence; none means that nothing is missing and nothing was put in between.
 */
export function checkProvenance(advice: ReviewAdvice, provenance: unknown, request: ReviewRequest): string[] {
  const parsed = Provenance.safeParse(provenance)
  if (!parsed.success) return ['The provenance does not have its shape']
  const { nodes, fields } = parsed.data
  return [...nodes.flatMap((node) => brokenNode(node, nodes, request)), ...brokenFields(advice, { nodes, fields }, request)]
}

function brokenNode(node: NodeProvenance, nodes: readonly NodeProvenance[], request: ReviewRequest): string[] {
  const { node: id, reads, input_hash: inputHash, output, output_hash: outputHash } = node
  const broken = [
    isWhole(node) ? null : `Node "${id}" was changed after it was written`,
    inputHash === hashJson(Object.fromEntries(reads.map(({ port, hash }) => [port, hash]))) ? null : `Node "${id}" read something else`,
    outputHash === (output === null ? null : hashJson(output)) ? null : `Node "${id}" answered something else`,
    output === null || isAnswered(node) ? null : `Nobody was asked for the answer of node "${id}"`,
    ...reads.map(({ port, from, hash }) => {
      const source = from === REQUEST_KEY ? hashJson(request) : nodes.find((other) => other.node === from)?.output_hash
      return source === hash ? null : `Port "${port}" of node "${id}" does not lead to "${from}"`
    }),
  ]
  return broken.filter((sentence) => sentence !== null)
}

/** An answer comes out of a cache, or from a call of the sample that was chosen, and passed the checks of its kind. */
function isAnswered({ cache, calls, chosen, checks }: NodeProvenance): boolean {
  if (cache === 'hit') return true
  const called = calls.some(({ sample, cause, response_hash: hash }) => sample === chosen && cause === null && hash !== null)
  return called && ['frame', 'schema'].every((name) => checks.some(({ check, passed }) => check === name && passed))
}

function brokenFields(advice: ReviewAdvice, { nodes, fields }: Provenance, request: ReviewRequest): string[] {
  const [rule] = fields.map((field) => field.rule)
  if (rule === 'fallback') return brokenFallback(advice, fields)
  if (rule === 'heuristic') {
    return [...missing(fields, heuristicFields(advice)), ...differing(advice, heuristicAdvice(request))]
  }
  const unled = fields.flatMap(({ field, from }) => from.filter((path) => !leads(path, nodes, request)).map((path) => `Field "${field}" comes from "${path}", which is not there`))
  return [...missing(fields, committeeFields(advice, nodes)), ...unled, ...brokenValues(advice, nodes, request)]
}

function brokenFallback(advice: ReviewAdvice, fields: readonly FieldProvenance[]): string[] {
  const cause = FallbackCause.safeParse(fields[0]?.from[0]?.replace(/^cause\./, ''))
  if (!cause.success) return ['The fallback names no cause']
  const expected = fallbackAdvice(cause.data)
  return [...missing(fields, fallbackFields(expected, cause.data)), ...differing(advice, expected)]
}

/** The fields an advice of this shape must account for, each with all of its sources. */
function missing(fields: readonly FieldProvenance[], expected: readonly FieldProvenance[]): string[] {
  const written = new Map(fields.map((field) => [field.field, canonicalJson(field)]))
  return expected
    .filter((field) => written.get(field.field) !== canonicalJson(field))
    .map(({ field }) => `Field "${field}" does not name all it comes from`)
}

function leads(path: string, nodes: readonly NodeProvenance[], request: ReviewRequest): boolean {
  const [head = '', ...rest] = path.split('.')
  if (head === REQUEST_KEY) return pathExists(request, rest.join('.'))
  const node = nodes.find(({ node: id }) => id === head)
  return node?.output != null && (rest.length === 0 || pathExists(node.output, rest.join('.')))
}

/** Makes the advice from the nodes' outputs. Only the calibrated numbers need the artifact and are taken as they are. */
function brokenValues(advice: ReviewAdvice, nodes: readonly NodeProvenance[], request: ReviewRequest): string[] {
  const judge = tradeReview.output.safeParse(nodes.find(({ role }) => role === 'policy_judge')?.output)
  if (!judge.success) return ['No judge answered']
  const voices = nodes.flatMap(({ node, role, mandatory, output }) => (role === null ? [] : [{ node, role, mandatory, output }]))
  const mandatoryRoles = nodes.flatMap(({ role, mandatory }) => (mandatory && isVoting(role) ? [role] : []))
  const made = toAdvice(judge.data, { voices, mandatoryRoles: inOrder(mandatoryRoles), orderQty: request.decision.qty, calibrator: null })
  const isCalibrated = advice.calibration_metadata['method'] !== 'uncalibrated'
  const stated = isCalibrated ? advice.calibration_metadata['raw_probabilities'] : judge.data.probabilities
  const statement = Probabilities.safeParse(stated)
  const honest = statement.success && AdviceVerdict.options.every((name) => statement.data[name] === judge.data.probabilities[name])
  const given = isCalibrated
    ? { calibrated_probabilities: advice.calibrated_probabilities, calibration_metadata: advice.calibration_metadata }
    : {}
  return [...differing(advice, { ...made, ...given }), ...(honest ? [] : ['The calibration starts from other probabilities'])]
}

const VOTING: readonly MandatoryRole[] = ['risk_critic', 'execution_critic', 'policy_judge']

function isVoting(role: NodeProvenance['role']): role is MandatoryRole {
  return VOTING.some((name) => name === role)
}

function inOrder(roles: readonly MandatoryRole[]): MandatoryRole[] {
  return VOTING.filter((role) => roles.includes(role))
}

function differing(advice: ReviewAdvice, made: ReviewAdvice): string[] {
  const names = Object.keys(made) as (keyof ReviewAdvice)[]
  return names
    .filter((name) => canonicalJson(advice[name]) !== canonicalJson(made[name]))
    .map((name) => `Field "${name}" is not what its sources make of it`)
}
