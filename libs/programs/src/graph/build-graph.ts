import type { ArtifactNode, CommitteeRole } from '@torghut/contracts'
import { z } from 'zod'

import type { MandatoryRole } from '../artifact/loaded-artifact.ts'
import { MEMBER_FIELDS } from '../committee/member.ts'
import { ProgramGraphError } from '../errors.ts'
import type { GraphFault } from '../errors.ts'
import { SIGNATURES } from '../signature/registry.ts'
import type { Signatures } from '../signature/registry.ts'
import type { AnySignature } from '../signature/signature.ts'
import { callsMax, findPatternFault } from './call-pattern.ts'
import { findHole } from './holes.ts'
import { findCycle, levelsOf } from './levels.ts'

/** The key of the state that is there before any node has run. */
export const REQUEST_KEY = 'request'

/** What a port of a node is connected to: `request` or the id of the node that writes it. */
export interface Edge {
  port: string
  from: string
}

/** A node with everything it takes to run it. */
export interface GraphNode {
  id: string
  node: ArtifactNode
  signature: AnySignature
  edges: readonly Edge[]
  /** Ids of the nodes it waits for. */
  needs: readonly string[]
}

/** A program that can be run: typed, acyclic, complete. */
export interface ProgramGraph {
  levels: readonly (readonly GraphNode[])[]
  output: GraphNode
  mandatoryRoles: readonly MandatoryRole[]
  /** The most answers one run asks for. */
  callsMax: number
}

/** The parts of an artifact a graph is built from. */
export interface GraphSource {
  nodes: readonly ArtifactNode[]
  output_node: string
}

/** Builds the graph of a program, or throws `ProgramGraphError`, which names the path that cannot be. */
export function buildGraph({ nodes, output_node: outputId }: GraphSource, signatures: Signatures = SIGNATURES): ProgramGraph {
  requireOneWriter(nodes)
  requireOneRole(nodes)
  const graph = nodes.map((node) => connect(node, signatures))
  const byId = new Map(graph.map((node) => [node.id, node]))
  for (const node of graph) for (const edge of node.edges) requireProducer(node, edge, byId)
  const cycle = findCycle(graph)
  if (cycle !== null) refuse('cycle', cycle, 'nodes wait for each other')
  const output = byId.get(outputId)
  if (output === undefined) return refuse('no_output', [outputId], 'no node has the name of the output')
  requireReachable(graph, output, byId)
  for (const node of graph) requireComplete(node)
  return {
    levels: levelsOf(graph),
    output,
    mandatoryRoles: VOTING_ROLES.filter((role) => nodes.some((node) => node.mandatory && node.role === role)),
    callsMax: nodes.reduce((sum, node) => sum + callsMax(node), 0),
  }
}

/** Roles whose word can be mandatory; a researcher argues and does not vote (contract, 2.2). */
const VOTING_ROLES: readonly MandatoryRole[] = ['risk_critic', 'execution_critic', 'policy_judge']

function refuse(fault: GraphFault, path: readonly string[], what: string): never {
  throw new ProgramGraphError(fault, path, what)
}

function requireOneWriter(nodes: readonly ArtifactNode[]): void {
  const seen = new Set([REQUEST_KEY])
  for (const { id } of nodes) {
    if (seen.has(id)) refuse('two_writers', [id, id], `two writers of the key "${id}"`)
    seen.add(id)
  }
}

function requireOneRole(nodes: readonly ArtifactNode[]): void {
  const holders = new Map<CommitteeRole, string>()
  for (const { id, role } of nodes) {
    if (role === null) continue
    const holder = holders.get(role)
    if (holder !== undefined) refuse('duplicate_role', [holder, id], `two nodes with the role "${role}"`)
    holders.set(role, id)
  }
}

function connect(node: ArtifactNode, signatures: Signatures): GraphNode {
  const signature = signatures.get(node.signature)
  if (signature === undefined) return refuse('unknown_signature', [node.id, node.signature], 'no such signature')
  const edges = node.inputs.map(readEdge)
  const ports = new Set(edges.map(({ port }) => port))
  if (ports.size < edges.length) refuse('two_writers', [node.id, ...node.inputs], 'one port is connected twice')
  for (const { port } of edges) {
    if (!Object.hasOwn(signature.reads, port)) refuse('unknown_port', [node.id, port], 'the signature has no such port')
  }
  for (const [port, schema] of Object.entries(signature.reads)) {
    if (!ports.has(port) && !isOptional(schema)) refuse('missing_port', [node.id, port], 'a port is not connected')
  }
  const needs = edges.map(({ from }) => from).filter((from) => from !== REQUEST_KEY)
  return { id: node.id, node, signature, edges, needs: [...new Set(needs)] }
}

/** `thesis` connects the port of that name; `thesis=draft` connects it to the key `draft`. */
function readEdge(input: string): Edge {
  const [port = '', from = port] = input.split('=')
  return { port, from }
}

/** A producer's schema has to be the very one the port asks for: two that only look alike would drift apart. */
function requireProducer(node: GraphNode, { port, from }: Edge, byId: ReadonlyMap<string, GraphNode>): void {
  if (from === REQUEST_KEY) return
  const producer = byId.get(from)
  if (producer === undefined) return refuse('missing_producer', [from, node.id], `nobody writes the key "${from}"`)
  if (unwrap(node.signature.reads[port]) !== producer.signature.output) {
    refuse('port_type_mismatch', [from, `${node.id}.${port}`], 'a port is given what it does not take')
  }
}

function isOptional(schema: z.ZodType): boolean {
  return schema instanceof z.ZodOptional
}

function unwrap(schema: z.ZodType | undefined): unknown {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema
}

function requireReachable(graph: readonly GraphNode[], output: GraphNode, byId: ReadonlyMap<string, GraphNode>): void {
  const read = new Set<string>()
  const open: GraphNode[] = [output]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (read.has(next.id)) continue
    read.add(next.id)
    open.push(...next.needs.flatMap((id) => byId.get(id) ?? []))
  }
  const unread = graph.find(({ id }) => !read.has(id))
  if (unread !== undefined) refuse('unreachable', [unread.id, output.id], 'the output does not rest on every node')
}

function requireComplete(graphNode: GraphNode): void {
  const { id, node, signature } = graphNode
  const hole = findHole(node.instructions)
  if (hole !== null) refuse('hole', [id, hole], 'its instructions have a hole')
  requireCheckedPorts(graphNode)
  if (node.mandatory && !VOTING_ROLES.some((role) => role === node.role)) {
    refuse('not_a_member', [id, 'mandatory'], 'a mandatory node has no role that votes')
  }
  const names = new Set(signature.fields.map(({ name }) => name))
  const unsaid = node.role === null ? undefined : MEMBER_FIELDS.find((name) => !names.has(name))
  if (unsaid !== undefined) refuse('not_a_member', [id, unsaid], 'a member of the committee does not answer as one')
  const fault = findPatternFault(node)
  if (fault !== null) refuse('call_pattern', [id], fault)
}

/** A check that cannot see what it compares an answer to would let everything pass, or nothing. */
function requireCheckedPorts({ id, edges, signature }: GraphNode): void {
  const ports = new Set(edges.map(({ port }) => port))
  for (const { id: check, reads = [] } of signature.checks) {
    const open = reads.find((port) => !ports.has(port))
    if (open !== undefined) refuse('missing_port', [id, open], `the check "${check}" looks at a port that is not connected`)
  }
}
