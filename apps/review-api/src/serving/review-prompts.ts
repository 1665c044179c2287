import { ProgramArtifact, Sha256, Uuid } from '@torghut/contracts'
import type { ChatMessage, Provenance, ReviewRequest } from '@torghut/contracts'
import { buildGraph, nodeInput, nonceFrom, promptHash, renderMessages } from '@torghut/programs'
import type { GraphNode } from '@torghut/programs'
import { z } from 'zod'

const Message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })

/** What one node was sent, or would be. */
export const NodePrompt = z.strictObject({
  node: z.string(),
  /** Null when a node it reads gave no answer to show it. Each call's own nonce stands as `{nonce}`. */
  messages: z.array(Message).nullable(),
  prompt_hash: Sha256.nullable(),
  /** The prompts of the calls that were made for this node, re-asks included. */
  sent_hashes: z.array(Sha256),
  /** Whether one of those calls sent these very messages. */
  was_sent: z.boolean(),
})
export type NodePrompt = z.output<typeof NodePrompt>

export const ReviewPrompts = z.strictObject({
  review_id: Uuid,
  trade_decision_id: Uuid,
  artifact_hash: Sha256,
  nodes: z.array(NodePrompt),
})
export type ReviewPrompts = z.output<typeof ReviewPrompts>

export interface StoredRun {
  request: ReviewRequest
  provenance: Provenance | null
}

/** Takes the place of the nonces, which are random and kept nowhere; a prompt's hash leaves them out too. */
const STAND_IN = nonceFrom(Uint8Array.from({ length: 24 }, (_, index) => (index * 89 + 41) % 256))

/**
 * Renders anew what each node of a program is sent for a stored review: its request, and the answers that the nodes it
 * reads gave then. Throws what building the graph and rendering throw: an artifact that was verified has no such fault.
 */
export function reviewPrompts(content: unknown, { request, provenance }: StoredRun): NodePrompt[] {
  const program = ProgramArtifact.parse(content)
  const graph = buildGraph(program)
  const nodes = graph.levels.flat()
  const answers = new Map<string, unknown>([['request', request]])
  for (const { id, signature } of nodes) {
    const ran = provenance?.nodes.find(({ node }) => node === id)
    // Parsing puts the fields back into the order of the signature; stored bytes have them by name.
    const read = signature.output.safeParse(ran?.output)
    if (read.success) answers.set(id, read.data)
  }
  return nodes.map((node) => {
    const sent = provenance?.nodes.find((ran) => ran.node === node.id)?.calls.map((call) => call.prompt_hash) ?? []
    return nodePrompt(node, answers, [...new Set(sent)])
  })
}

function nodePrompt(graphNode: GraphNode, answers: ReadonlyMap<string, unknown>, sent: string[]): NodePrompt {
  const known = graphNode.edges.every(({ from }) => answers.has(from))
  if (!known) return { node: graphNode.id, messages: null, prompt_hash: null, sent_hashes: sent, was_sent: false }
  const values = Object.fromEntries(graphNode.edges.map(({ port, from }) => [port, answers.get(from)]))
  const messages = renderMessages(graphNode.node, nodeInput(graphNode, values), STAND_IN)
  const hash = promptHash(messages, STAND_IN)
  return {
    node: graphNode.id,
    messages: messages.map(withoutNonce),
    prompt_hash: hash,
    sent_hashes: sent,
    was_sent: sent.includes(hash),
  }
}

function withoutNonce({ role, content }: ChatMessage): ChatMessage {
  return { role, content: content.replaceAll(STAND_IN, '{nonce}') }
}
