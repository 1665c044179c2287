import { z } from 'zod'

import type { AnswerField } from '../answer/answer-field.ts'
import type { Field } from './field.ts'

/** What a node is given, by the name of the port it arrives at. */
export type NodeInputs = Readonly<Record<string, unknown>>

/** Something about an answer that its shape cannot say. A warning is recorded; an error asks again, then fails the node. */
export interface AnswerCheck<Output = Record<string, unknown>> {
  id: string
  severity: 'error' | 'warning'
  /** Ports without which it cannot tell; a node that leaves one open cannot be built. */
  reads?: readonly string[]
  /** What is wrong, in a sentence the model can act on; null when nothing is. Pure; quotes nothing of the answer. */
  find: (output: Output, inputs: NodeInputs) => string | null
}

/** A typed step: what it reads, what it answers, what must hold of the answer. Known to artifacts by its name. */
export interface Signature<Output = Record<string, unknown>> {
  name: string
  /** A schema for each port; an optional one may be left unconnected. */
  reads: Readonly<Record<string, z.ZodType>>
  /** The answer's table: shown to the model and enforced on it. */
  fields: readonly AnswerField[]
  output: z.ZodType<Output>
  checks: readonly AnswerCheck<Output>[]
  /** The fields whose values several samples vote on. */
  votes: readonly string[]
}

/** A signature of any output, as graphs and registries hold it. */
export type AnySignature = Signature<Record<string, unknown>>

type Answers = Readonly<Record<string, Field>>
type OutputOf<Table extends Answers> = { [Name in keyof Table]: Table[Name] extends Field<infer Value> ? Value : never }

/** A signature as it is written down: ports, and the answer as a table. */
export interface SignatureTable<Table extends Answers> {
  name: string
  reads: Readonly<Record<string, z.ZodType>>
  answers: Table
  checks?: readonly AnswerCheck<OutputOf<Table>>[]
  /** Fields several samples vote on; every word of the answer when absent. */
  votes?: readonly (keyof Table & string)[]
}

/** Makes a signature from its table: the schema of its output is made of the very fields the model is shown. */
export function defineSignature<const Table extends Answers>(table: SignatureTable<Table>): Signature<OutputOf<Table>> {
  const entries = Object.entries(table.answers)
  const shape = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema]))
  const words = entries.filter(([, { travels }]) => travels.kind === 'word').map(([name]) => name)
  return {
    name: table.name,
    reads: table.reads,
    fields: entries.map(([name, { travels, doc }]) => ({ name, travels, doc })),
    // The shape is made from the very table whose types are given here; zod cannot follow the mapping.
    output: z.object(shape) as unknown as z.ZodType<OutputOf<Table>>,
    checks: table.checks ?? [],
    votes: table.votes ?? words,
  }
}

/** Forgets what a signature answers, so that it can stand beside others in a list; the runner checks by schema. */
export function anySignature<Output>(signature: Signature<Output>): AnySignature {
  return signature as unknown as AnySignature
}
