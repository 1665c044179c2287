import type { ArtifactNode } from '@torghut/contracts'
import { hashJson } from '@torghut/contracts'

import { REQUEST_KEY } from './build-graph.ts'
import type { GraphSource } from './build-graph.ts'
import { levelsOf } from './levels.ts'

export type RewritePass = 'drop_unread' | 'share_identical' | 'earliest_level'

export interface RewrittenProgram<Program extends GraphSource> {
  program: Program
  /** The passes that changed something. */
  passes: RewritePass[]
  /** Levels after the rewrite: how many calls follow one another at best. */
  criticalPath: number
}

/**
 * Makes a program smaller without changing what it answers: drops nodes nobody reads, lets identical nodes be asked once,
 * and lists every node at the earliest level it can run. It gives another program with another hash: an artifact that is
 * loaded is run as it is written. The input has to be free of cycles.
 */
export function rewriteProgram<Program extends GraphSource>(program: Program): RewrittenProgram<Program> {
  const passes: RewritePass[] = []
  let nodes = program.nodes
  const apply = (pass: RewritePass, rewrite: (nodes: readonly ArtifactNode[]) => readonly ArtifactNode[]) => {
    const rewritten = rewrite(nodes)
    if (hashJson(rewritten) !== hashJson(nodes)) passes.push(pass)
    nodes = rewritten
  }
  apply('drop_unread', (before) => dropUnread(before, program.output_node))
  apply('share_identical', (before) => shareIdentical(before, program.output_node))
  apply('earliest_level', (before) => levelled(before).flat())
  return { program: { ...program, nodes: [...nodes] }, passes, criticalPath: levelled(nodes).length }
}

function dropUnread(nodes: readonly ArtifactNode[], outputId: string): ArtifactNode[] {
  const read = new Set([outputId])
  let size = 0
  while (size < read.size) {
    size = read.size
    for (const node of nodes) if (read.has(node.id)) for (const source of sourcesOf(node)) read.add(source)
  }
  return nodes.filter(({ id }) => read.has(id))
}

/**
 * One by one from the front of the graph: two nodes are identical when all but their ids is, inputs included, which by
 * then lead to shared nodes themselves. Nodes with a say in the committee keep it: their roles differ.
 */
function shareIdentical(nodes: readonly ArtifactNode[], outputId: string): ArtifactNode[] {
  const kept = new Map<string, ArtifactNode>()
  const sharedAs = new Map<string, string>()
  for (const node of levelled(nodes).flat()) {
    const redirected = { ...node, inputs: node.inputs.map((input) => redirect(input, sharedAs)) }
    const same = hashJson({ ...redirected, id: '' })
    const twin = kept.get(same)
    if (twin === undefined || node.id === outputId) kept.set(node.id === outputId ? node.id : same, redirected)
    else sharedAs.set(node.id, twin.id)
  }
  const left = new Map([...kept.values()].map((node) => [node.id, node]))
  return nodes.flatMap(({ id }) => left.get(id) ?? [])
}

function redirect(input: string, sharedAs: ReadonlyMap<string, string>): string {
  const [port = '', from = port] = input.split('=')
  const source = sharedAs.get(from) ?? from
  return source === port ? port : `${port}=${source}`
}

function levelled(nodes: readonly ArtifactNode[]): ArtifactNode[][] {
  const dependents = nodes.map((node) => ({ id: node.id, needs: sourcesOf(node), node }))
  return levelsOf(dependents).map((level) => level.map(({ node }) => node))
}

function sourcesOf({ inputs }: ArtifactNode): string[] {
  return inputs.map((input) => input.split('=').at(-1) ?? input).filter((from) => from !== REQUEST_KEY)
}
