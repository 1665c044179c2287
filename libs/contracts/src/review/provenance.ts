import { z } from 'zod'

import { JsonMap, Sha256, text } from '../scalars.ts'
import { CommitteeRole, FallbackCause } from './vocabulary.ts'

/** One model call of a node, named by what was sent and what came back. */
export const NodeCall = z.strictObject({
  /** Which of the node's samples it belongs to: 0, 1, … */
  sample: z.int().min(0),
  /** `again` told the model what was wrong with its first answer; `retry` repeated a call that brought none. */
  ask: z.enum(['first', 'again', 'retry']),
  prompt_hash: Sha256,
  response_hash: Sha256.nullable(),
  completion_id: z.string().nullable(),
  attempts: z.int().min(0),
  tokens_prompt: z.int().min(0).nullable(),
  tokens_completion: z.int().min(0).nullable(),
  /** Why the call gave no answer that could be used; null when it gave one. */
  cause: FallbackCause.nullable(),
})
export type NodeCall = z.output<typeof NodeCall>

/** What arrived at one port of a node: the request, or another node's output, by its hash. */
export const NodeRead = z.strictObject({ port: text(64), from: text(64), hash: Sha256 })
export type NodeRead = z.output<typeof NodeRead>

/** What one node of a program read, asked, answered and was checked for. */
export const NodeProvenance = z.strictObject({
  node: text(64),
  signature: text(128),
  role: CommitteeRole.nullable(),
  mandatory: z.boolean(),
  call_pattern: text(32),
  reads: z.array(NodeRead),
  /** SHA-256 over the hashes at its ports, by port. */
  input_hash: Sha256,
  /** What it answered, once it was checked; null when it gave nothing that could be used. */
  output: JsonMap.nullable(),
  output_hash: Sha256.nullable(),
  /** SHA-256 of each worked example it was shown, in order. */
  demonstrations: z.array(Sha256),
  /** `resumed`: the output of an earlier process of the same run. */
  cache: z.enum(['off', 'miss', 'hit', 'resumed']),
  calls: z.array(NodeCall),
  /** The sample whose answer was taken; null when none was, or none was drawn. */
  chosen: z.int().min(0).nullable(),
  checks: z.array(z.strictObject({ check: text(64), passed: z.boolean() })),
  failure: FallbackCause.nullable(),
  /** SHA-256 over everything above, so that nothing can be taken out of it unseen. */
  seal: Sha256,
})
export type NodeProvenance = z.output<typeof NodeProvenance>

/**
 * Where one field of the advice came from and the rule that made it: `request` with a path, a node with a field of its
 * output, the `heuristic`, or the `cause` of a fallback.
 */
export const FieldProvenance = z.strictObject({
  field: text(128),
  from: z.array(text(256)),
  rule: text(64),
})
export type FieldProvenance = z.output<typeof FieldProvenance>

/** Walks every value of an advice back to the calls and inputs it rests on. */
export const Provenance = z.strictObject({
  nodes: z.array(NodeProvenance),
  fields: z.array(FieldProvenance),
})
export type Provenance = z.output<typeof Provenance>
