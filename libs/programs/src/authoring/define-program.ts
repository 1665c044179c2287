import type { ArtifactNode, CallPattern, CommitteeRole, Demonstration } from '@torghut/contracts'
import { ProgramArtifact, canonicalJson } from '@torghut/contracts'
import { z } from 'zod'

import { ANSWER_SCHEMA_VERSION } from '../answer/answer-schema.ts'
import { REQUEST_KEY } from '../graph/build-graph.ts'
import { ADAPTER_VERSION } from '../render/render-messages.ts'
import type { Signature } from '../signature/signature.ts'

/** One node of a program as its author writes it down; everything but signature and instructions has a usual value. */
export interface NodeTable {
  /** Any signature: what it answers matters to the graph, not here. */
  signature: Pick<Signature<never>, 'name' | 'reads'>
  instructions: string
  /** What it reads; when absent every port of its signature, optional ones only where somebody writes that key. */
  inputs?: readonly string[]
  pattern?: CallPattern
  samples?: number
  /** Its say in the committee; none when absent. */
  role?: CommitteeRole
  /** Whether its missing or its veto ends the trade. */
  mandatory?: boolean
  demonstrations?: readonly Demonstration[]
}

export interface ProgramTable {
  name: string
  version: string
  /** The model it is written for. */
  model: string
  /** Nodes by the key of the state they write. */
  nodes: Readonly<Record<string, NodeTable>>
  /** The node that answers for the program. */
  output: string
}

/**
 * Makes a seed artifact from a table. It checks the shape alone: `buildGraph` and `verifyArtifact` say whether the program
 * can be run. Throws `ZodError` for a table that is no program.
 */
export function defineProgram({ name, version, model, nodes, output }: ProgramTable): ProgramArtifact {
  return ProgramArtifact.parse({
    schema_version: 'torghut.program-artifact.v1',
    kind: 'seed',
    program_name: name,
    signature_version: version,
    executor: 'dspy_live',
    nodes: Object.entries(nodes).map(([id, table]) => toNode(id, table, Object.keys(nodes))),
    output_node: output,
    adapter_version: ADAPTER_VERSION,
    answer_schema_version: ANSWER_SCHEMA_VERSION,
    model: { name: model, knowledge_cutoff: null },
    calibrator: null,
    provenance: { dataset_hash: null, optimizer: null, seed: null, metric_policy_hash: null },
  } satisfies ProgramArtifact)
}

/** The bytes an artifact is stored and named by. */
export function artifactBytes(artifact: ProgramArtifact): Uint8Array {
  return new TextEncoder().encode(canonicalJson(artifact))
}

function toNode(id: string, table: NodeTable, ids: readonly string[]): ArtifactNode {
  return {
    id,
    signature: table.signature.name,
    call_pattern: table.pattern ?? 'predict',
    ...(table.samples === undefined ? {} : { samples: table.samples }),
    inputs: [...(table.inputs ?? usualInputs(table.signature.reads, ids))],
    role: table.role ?? null,
    mandatory: table.mandatory ?? false,
    instructions: table.instructions,
    demonstrations: [...(table.demonstrations ?? [])],
  }
}

/** A port that must be filled is named also when nobody fills it, so that `buildGraph` can say who is missing. */
function usualInputs(reads: NodeTable['signature']['reads'], ids: readonly string[]): string[] {
  const isWanted = ([port, schema]: [string, z.ZodType]) =>
    port === REQUEST_KEY || ids.includes(port) || !(schema instanceof z.ZodOptional)
  return Object.entries(reads).filter(isWanted).map(([port]) => port)
}
