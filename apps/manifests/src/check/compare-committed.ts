import type { TreeFile } from '../tree.ts'
import { compared, finding } from './comparison.ts'
import type { Comparison, Finding } from './comparison.ts'
import { unifiedDiff } from './unified-diff.ts'

/** Where the applications lie in the repository, as findings name them. */
export const TREE_FOLDER = 'argocd/applications'

/** Holds the committed files against what generating now would write, byte for byte. */
export function compareCommitted(
  generated: readonly TreeFile[],
  committed: ReadonlyMap<string, string>,
): Comparison {
  const wanted = new Map(generated.map(({ path, text }) => [path, text]))
  const extra = [...committed.keys()].filter((path) => !wanted.has(path))
  return compared('generated-committed', [
    ...generated.flatMap(({ path, text }) => compareFile(path, committed.get(path), text)),
    ...extra.map((path) =>
      finding(
        `${path} is not generated: remove it, or say in config/deploy what it is for`,
        `${TREE_FOLDER}/${path}`,
        1,
      ),
    ),
  ])
}

function compareFile(path: string, committed: string | undefined, generated: string): Finding[] {
  const file = `${TREE_FOLDER}/${path}`
  if (committed === undefined) return [finding(`${path} is generated and not committed`, file, 1)]
  const difference = unifiedDiff(
    { name: `committed/${path}`, text: committed },
    { name: `generated/${path}`, text: generated },
  )
  if (difference === null) return []
  return [{ message: `${path} is not what "torghut manifests generate" writes`, file, ...difference }]
}
