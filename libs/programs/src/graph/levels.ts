/** A node and the nodes it waits for. */
export interface Dependent {
  id: string
  needs: readonly string[]
}

/**
 * Puts nodes into levels: whatever needs nothing comes first, everything else right after the last it needs (Kahn, 1962).
 * Within a level nodes stand in the order of their ids, so the result does not depend on how they were listed. Nodes on a
 * cycle, or behind one, are in no level.
 */
export function levelsOf<Node extends Dependent>(nodes: readonly Node[]): Node[][] {
  const levels: Node[][] = []
  const placed = new Set<string>()
  let open = [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1))
  while (open.length > 0) {
    const level = open.filter(({ needs }) => needs.every((id) => placed.has(id)))
    if (level.length === 0) return levels
    for (const { id } of level) placed.add(id)
    open = open.filter(({ id }) => !placed.has(id))
    levels.push(level)
  }
  return levels
}

/** One cycle as the ids along it, the first again at the end; null without one. */
export function findCycle(nodes: readonly Dependent[]): string[] | null {
  const placed = new Set(levelsOf(nodes).flat().map(({ id }) => id))
  const needs = new Map(nodes.map((node) => [node.id, node.needs]))
  const start = [...needs.keys()].sort().find((id) => !placed.has(id))
  if (start === undefined) return null
  const path = [start]
  for (;;) {
    // Every node left over waits for another one left over, so this walk has to come back to where it was.
    const next = needs.get(path.at(-1) ?? start)?.find((id) => !placed.has(id)) ?? start
    const seen = path.indexOf(next)
    if (seen !== -1) return [...path.slice(seen), next]
    path.push(next)
  }
}
