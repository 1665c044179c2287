import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'

/** Lines of context around a change. */
const CONTEXT_LINES = 3

/** A unified diff of two texts and the line of the first text at which they part; null when they are equal. */
export function unifiedDiff(
  left: { name: string; text: string },
  right: { name: string; text: string },
): { diff: string; line: number } | null {
  if (left.text === right.text) return null
  const patch = structuredPatch(left.name, right.name, left.text, right.text, undefined, undefined, {
    context: CONTEXT_LINES,
  })
  const [hunk] = patch.hunks
  const before = hunk?.lines.findIndex((line) => !line.startsWith(' ')) ?? 0
  return { diff: formatPatch(patch, FILE_HEADERS_ONLY), line: (hunk?.oldStart ?? 1) + Math.max(0, before) }
}
