import type { Demonstration } from '@torghut/contracts'

import { REQUEST_KEY } from '../graph/build-graph.ts'
import type { GraphNode } from '../graph/build-graph.ts'
import type { NodeInputs } from '../signature/signature.ts'

/** What a node is shown: the request itself when it reads nothing else, else one object with a field for each port. */
export function nodeInput({ edges }: Pick<GraphNode, 'edges'>, values: NodeInputs): NodeInputs {
  if (readsRequestAlone(edges)) return values[REQUEST_KEY] as NodeInputs
  return Object.fromEntries(edges.map(({ port }) => [port, values[port]]))
}

/** Whether a worked example's input is one the node could have been shown. */
export function isNodeInput({ edges, signature }: GraphNode, { input }: Demonstration): boolean {
  const values = portValues(edges, input)
  const ports = new Set(edges.map(({ port }) => port))
  return (
    Object.keys(values).every((port) => ports.has(port)) &&
    edges.every(({ port }) => signature.reads[port]?.safeParse(values[port]).success === true)
  )
}

/** What stands at each port, read from what a node is shown: the other way round than `nodeInput`. */
export function portValues(edges: GraphNode['edges'], input: NodeInputs): NodeInputs {
  return readsRequestAlone(edges) ? { [REQUEST_KEY]: input } : input
}

function readsRequestAlone(edges: GraphNode['edges']): boolean {
  return edges.length === 1 && edges[0]?.port === REQUEST_KEY
}
