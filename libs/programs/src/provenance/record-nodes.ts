import { hashJson } from '@torghut/contracts'
import type { NodeProvenance } from '@torghut/contracts'

import { toNodeCall } from '../executor/call-records.ts'
import type { NodeRun } from '../executor/run-node.ts'

/** What each node of a run read, asked and was checked for, sealed. */
export function recordNodes(nodes: readonly NodeRun[]): NodeProvenance[] {
  return nodes.map((run) => {
    const { id, node } = run.graphNode
    return sealed({
      node: id,
      signature: node.signature,
      role: node.role,
      mandatory: node.mandatory,
      call_pattern: node.call_pattern,
      reads: [...run.reads],
      input_hash: run.inputHash,
      output: run.output,
      output_hash: run.output === null ? null : hashJson(run.output),
      demonstrations: node.demonstrations.map((demonstration) => hashJson(demonstration)),
      cache: run.cache,
      calls: run.calls.map(toNodeCall),
      chosen: run.chosen,
      checks: [...run.checks],
      failure: run.failure?.cause ?? null,
    })
  })
}

function sealed(entry: Omit<NodeProvenance, 'seal'>): NodeProvenance {
  return { ...entry, seal: hashJson(entry) }
}

/** Whether nothing was taken out of an entry since it was written. */
export function isWhole({ seal, ...entry }: NodeProvenance): boolean {
  return hashJson(entry) === seal
}
