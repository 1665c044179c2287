import { z } from 'zod'

import { Sha256, text } from '../scalars.ts'
import { CommitteeRole } from './vocabulary.ts'

/** One model call of a node, named by what was sent and what came back. */
export const NodeCall = z.strictObject({
  variant: z.int().min(0),
  prompt_hash: Sha256,
  response_hash: Sha256.nullable(),
  completion_id: z.string().nullable(),
  attempts: z.int().min(0),
})
export type NodeCall = z.output<typeof NodeCall>

/** What one node of a program read, asked and was checked for. */
export const NodeProvenance = z.strictObject({
  node: text(64),
  signature: text(128),
  role: CommitteeRole.nullable(),
  call_pattern: text(32),
  /** `request`, or the ids of the nodes whose outputs it read. */
  reads: z.array(text(64)),
  input_hash: Sha256,
  output_hash: Sha256.nullable(),
  /** SHA-256 of each worked example it was shown, in order. */
  demonstrations: z.array(Sha256),
  cache: z.enum(['off', 'miss', 'hit']),
  calls: z.array(NodeCall),
  checks: z.array(z.strictObject({ check: text(64), passed: z.boolean() })),
  failure: text(64).nullable(),
})
export type NodeProvenance = z.output<typeof NodeProvenance>

/** Where one field of the advice came from: nodes, or request paths, and the rule that combined them. */
export const FieldProvenance = z.strictObject({
  field: text(64),
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
