import { hashJson } from '@torghut/contracts'

import { isUsableNonce } from '../answer/nonce.ts'
import { REQUEST_KEY } from '../graph/build-graph.ts'
import type { GraphNode, ProgramGraph } from '../graph/build-graph.ts'
import { failure } from './node-failure.ts'
import type { Failure } from './node-failure.ts'
import { atOnce, openRun } from './run-context.ts'
import type { RunContext, RunIdentity } from './run-context.ts'
import { runGroup } from './run-group.ts'
import { runNode } from './run-node.ts'
import type { NodeRun, RunState } from './run-node.ts'
import type { ProgramPorts } from './run-ports.ts'

/** What a graph gave: every node's output by its id, or the failure that ended it; and what each node did. */
export type GraphRun = { nodes: readonly NodeRun[] } & (
  | { ok: true; outputs: Readonly<Record<string, Record<string, unknown>>> }
  | Failure
)

/**
 * Runs a graph level by level, the nodes of a level side by side. One node that fails ends the run, and its siblings stop
 * at once. A veto ends nothing: what the judge would have said is what calibration learns from. The same answers give the
 * same result in whatever order they arrive. Never throws for anything a node or the gateway does.
 */
export async function runGraph(
  graph: ProgramGraph,
  request: unknown,
  identity: RunIdentity,
  ports: ProgramPorts,
): Promise<GraphRun> {
  if (!isUsableNonce(ports.nonce)) return { ...failure('internal', 'UnusableNonceError'), nodes: [] }
  const context = await openRun(identity, ports)
  const state = new Map([[REQUEST_KEY, { value: request, hash: hashJson(request) }]])
  const nodes: NodeRun[] = []
  for (const level of graph.levels) {
    const runs = await runLevel(level, state, context)
    nodes.push(...runs.filter((run) => run !== undefined))
    const failed = runs.find((run) => run !== undefined && run.failure !== null)
    if (failed?.failure != null) return { ...atNode(failed.failure, failed.graphNode, graph), nodes }
    for (const run of runs) {
      if (run?.output == null) return { ...failure('internal', 'The run was given up'), nodes }
      state.set(run.graphNode.id, { value: run.output, hash: hashJson(run.output) })
    }
  }
  return { ok: true, outputs: outputsOf(nodes), nodes }
}

function runLevel(level: readonly GraphNode[], state: RunState, context: RunContext): Promise<(NodeRun | undefined)[]> {
  const tasks = level.map((node) => (signal: AbortSignal) => runNode(node, state, context, signal))
  const signal = context.ports.signal ?? new AbortController().signal
  return runGroup(tasks, { limit: atOnce(tasks.length, context), merge: 'all', signal, isSuccess: ({ failure: why }) => why === null })
}

/** Says whose failure it is, unless only one node could have failed or the detail has a form of its own. */
function atNode({ cause, detail }: Failure, { id }: GraphNode, graph: ProgramGraph): Failure {
  const isAlone = graph.levels.length === 1 && graph.levels[0]?.length === 1
  return failure(cause, isAlone || cause === 'resource_exceeded' || cause === 'internal' ? detail : `${id}: ${detail}`)
}

function outputsOf(nodes: readonly NodeRun[]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(nodes.flatMap(({ graphNode, output }) => (output === null ? [] : [[graphNode.id, output]])))
}
