import type { GraphSource } from './build-graph.ts'

/** Whatever somebody wrote between the braces: a place with an odd name is as open as any. */
const HOLE = /\{\{\s*([^\s{}](?:[^{}]*[^\s{}])?)\s*\}\}/

/** The name of the first place a text leaves open, written `{{name}}`; null when it is complete. */
export function findHole(text: string): string | null {
  return HOLE.exec(text)?.[1] ?? null
}

/** The places a program leaves open, by node id. A program with one cannot be built. */
export function listHoles({ nodes }: GraphSource): { node: string; hole: string }[] {
  return nodes.flatMap(({ id, instructions }) => {
    const names = [...instructions.matchAll(new RegExp(HOLE, 'g'))].map(([, name = '']) => name)
    return [...new Set(names)].map((hole) => ({ node: id, hole }))
  })
}

/** A program with its holes filled; those without a filling stay open. Fillings are text and never searched for holes. */
export function fillHoles<Program extends GraphSource>(program: Program, fillings: Readonly<Record<string, string>>): Program {
  const fill = (text: string) =>
    text.replace(new RegExp(HOLE, 'g'), (open, name: string) => (Object.hasOwn(fillings, name) ? (fillings[name] ?? open) : open))
  const nodes = program.nodes.map((node) => ({ ...node, instructions: fill(node.instructions) }))
  return { ...program, nodes }
}
