import process from 'node:process'

import { ProgramArtifact } from '@torghut/contracts'
import Table from 'cli-table3'

import { apiTarget } from '../api/api-client.ts'
import type { ApiArguments } from '../api/api-options.ts'
import { CliError } from '../errors.ts'
import { plain } from '../terminal/plain.ts'
import { fetchArtifact, fetchArtifacts, fetchPrompts } from './artifact-api.ts'
import type { ArtifactSummary, ArtifactView, ReviewPrompts } from './artifact-api.ts'

export interface ShowArguments extends ApiArguments {
  hash: string | undefined
  render: string | undefined
}

/** Prints every stored artifact. */
export async function listArtifacts(argv: ApiArguments): Promise<void> {
  const items = await fetchArtifacts(apiTarget(argv))
  process.stdout.write(argv.json ? `${JSON.stringify({ items })}\n` : `${listTable(items)}\n`)
}

/** Prints an artifact, or the messages its nodes were sent for a review. */
export async function showArtifact(argv: ShowArguments): Promise<void> {
  const target = apiTarget(argv)
  if (argv.render !== undefined) {
    const prompts = await fetchPrompts(target, argv.render, argv.hash)
    process.stdout.write(argv.json ? `${JSON.stringify(prompts)}\n` : promptsText(prompts))
    return
  }
  if (argv.hash === undefined) throw new CliError('Name an artifact by its hash, or a decision with --render')
  const view = await fetchArtifact(target, argv.hash)
  process.stdout.write(argv.json ? `${JSON.stringify(view)}\n` : artifactText(view))
}

function listTable(items: ArtifactSummary[]): string {
  if (items.length === 0) return 'no artifact is stored'
  const table = new Table({ head: ['artifact', 'program', 'bytes', 'stored'], style: { head: [], border: [] } })
  for (const { artifact_hash: hash, program_name: program, bytes, created_at: at } of items) {
    table.push([hash, plain(program, 40), bytes, at])
  }
  return table.toString()
}

function artifactText(view: ArtifactView): string {
  const facts = new Table({ style: { head: [], border: [] } })
  const { verification: verified } = view
  facts.push(
    ['artifact', view.artifact_hash],
    ['program', plain(view.program_name, 60)],
    ['stored', view.created_at],
    ['serves here', verified.ok ? `yes, as ${verified.kind} for ${verified.stage}` : `no (${verified.code}: ${plain(verified.detail, 80)})`],
    ['denied', view.denied ? 'yes' : 'no'],
  )
  const program = ProgramArtifact.safeParse(view.content)
  if (!program.success) return `${facts.toString()}\n`
  const nodes = new Table({ head: ['node', 'reads', 'role', 'asks', 'examples'], style: { head: [], border: [] } })
  for (const node of program.data.nodes) {
    const role = `${node.role ?? 'none'}${node.mandatory ? ', mandatory' : ''}`
    nodes.push([node.id, node.inputs.join(', '), role, node.call_pattern, node.demonstrations.length])
  }
  const texts = program.data.nodes.map(({ id, instructions }) => `${id}\n${indented(instructions)}\n`)
  return [facts.toString(), nodes.toString(), '', ...texts].join('\n')
}

function promptsText({ artifact_hash: hash, trade_decision_id: decision, nodes }: ReviewPrompts): string {
  const parts = nodes.flatMap(({ node, messages, prompt_hash: promptHash, sent_hashes: sent, was_sent: wasSent }) => {
    const asked = sent.length === 0 ? 'no call was recorded' : wasSent ? 'a call sent exactly this' : 'the calls sent something else'
    const head = `=== ${node}: ${asked}${promptHash === null ? '' : ` (prompt ${promptHash})`}`
    if (messages === null) return [head, '  a node it reads gave no answer, so there is nothing to show', '']
    return [head, ...messages.flatMap(({ role, content }) => [`--- ${role}`, plainLines(content)]), '']
  })
  return [`decision ${decision}, artifact ${hash}; {nonce} stands for each call's own`, '', ...parts].join('\n')
}

function indented(text: string): string {
  return plainLines(text).split('\n').map((line) => `  ${line}`).join('\n')
}

/** What a terminal could take for a command is made visible, line by line. */
function plainLines(text: string): string {
  return text.split('\n').map((line) => plain(line, Number.MAX_SAFE_INTEGER)).join('\n')
}
