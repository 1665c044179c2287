import { z } from 'zod'

import { Sha256, text } from '../scalars.ts'
import { CommitteeRole } from '../review/vocabulary.ts'
import { Calibrator } from './calibrator.ts'

/** Every artifact of ours belongs to a kind of thing; other program families and routers come beside this one. */
export const PROGRAM_KIND = 'program'

/** Where an artifact is from: code (bootstrap, a heuristic; seed, uncompiled) or a compile, which alone is promoted. */
export const ArtifactKind = z.enum(['bootstrap', 'seed', 'compiled'])
export type ArtifactKind = z.infer<typeof ArtifactKind>

/** A worked example the model is shown: inputs as they would be rendered, and the answer's fields. */
export const Demonstration = z.strictObject({
  input: z.record(z.string(), z.unknown()),
  output: z.record(z.string(), z.unknown()),
  /** True for one that a teacher made and a metric accepted; absent for one from the data. */
  augmented: z.literal(true).optional(),
})
export type Demonstration = z.output<typeof Demonstration>

/**
 * How a node asks: once; once with its reasoning written down first; several times side by side, taking the answer that
 * is surest, or the one most agree on.
 */
export const CallPattern = z.enum(['predict', 'chain_of_thought', 'best_of', 'majority'])
export type CallPattern = z.output<typeof CallPattern>

/** Most samples a node may draw. */
export const SAMPLES_MAX = 9

/** One node of a program: its place in the graph, its tuned text, the role its answer takes in the committee. */
export const ArtifactNode = z.strictObject({
  /** Also the key of the state the node writes, and nobody else. */
  id: z.string().regex(/^[a-z][a-z0-9_]*$/),
  signature: text(128),
  call_pattern: CallPattern,
  /** How many answers are drawn; absent for a pattern that draws one. */
  samples: z.int().min(2).max(SAMPLES_MAX).optional(),
  /** What it reads: `request` or a node's id, for the port of that name; `port=key` where the port has another name. */
  inputs: z.array(z.string().regex(/^([a-z][a-z0-9_]*=)?[a-z][a-z0-9_]*$/)).min(1),
  /** Null for a node that has no say in the committee. */
  role: CommitteeRole.nullable(),
  mandatory: z.boolean(),
  instructions: text(20_000),
  demonstrations: z.array(Demonstration).max(32),
})
export type ArtifactNode = z.output<typeof ArtifactNode>

/**
 * A runnable program, named by the hash of its canonical JSON. Nothing in it depends on where or when it was made:
 * no paths, times, hosts, branch names or scores.
 */
export const ProgramArtifact = z.strictObject({
  schema_version: z.literal('torghut.program-artifact.v1'),
  kind: z.enum(['seed', 'compiled']),
  program_name: text(128),
  signature_version: text(64),
  executor: z.literal('dspy_live'),
  nodes: z.array(ArtifactNode).min(1).max(16),
  output_node: z.string(),
  adapter_version: text(64),
  answer_schema_version: text(64),
  model: z.strictObject({ name: text(128), knowledge_cutoff: z.iso.date().nullable() }),
  calibrator: Calibrator.nullable(),
  provenance: z.strictObject({
    dataset_hash: Sha256.nullable(),
    optimizer: text(64).nullable(),
    seed: text(128).nullable(),
    metric_policy_hash: Sha256.nullable(),
  }),
})
export type ProgramArtifact = z.output<typeof ProgramArtifact>

/** The legacy shape of the bootstrap artifact: a deterministic heuristic, never called tuned. */
export const BootstrapArtifact = z.strictObject({
  schema_version: z.literal('torghut.dspy.runtime-artifact.v1'),
  program_name: z.literal('trade-review-committee-v1'),
  signature_version: z.literal('v1'),
  executor: z.literal('heuristic'),
  compiled_prompt: z.strictObject({
    promptTemplate: z.literal('torghut.dspy.trade-review.v1'),
    runtime: z.literal('deterministic_heuristic_scaffold'),
  }),
})
export type BootstrapArtifact = z.output<typeof BootstrapArtifact>
