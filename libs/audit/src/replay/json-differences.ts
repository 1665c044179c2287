/** One place where two JSON values differ; undefined where only the other one has it. */
export interface JsonDifference {
  path: string
  stored: unknown
  replayed: unknown
}

/** Every place where two JSON values differ, as deep as they differ: `outcomes[2].evidence.age_ms`. */
export function jsonDifferences(stored: unknown, replayed: unknown, path = ''): JsonDifference[] {
  if (Object.is(stored, replayed)) return []
  if (!isHolder(stored) || !isHolder(replayed) || Array.isArray(stored) !== Array.isArray(replayed)) {
    return [{ path, stored, replayed }]
  }
  const keys = new Set([...Object.keys(stored), ...Object.keys(replayed)])
  return [...keys].flatMap((key) => jsonDifferences(stored[key], replayed[key], joined(path, key, Array.isArray(stored))))
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object'
}

function joined(path: string, key: string, isIndex: boolean): string {
  if (isIndex) return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}
