import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** One shared test vector: a request or a response, settings, and what must come out. */
export interface Vector {
  file: string
  name: string
  request?: unknown
  response?: unknown
  context?: { decision?: Record<string, unknown>; settings?: unknown; market_context_gate?: unknown[] }
  expect: Record<string, unknown>
}

/** Where outside fixtures lie (`TORGHUT_FIXTURES`), or null: tests that need them are then skipped and counted. */
export function fixturesFolder(): string | null {
  return process.env['TORGHUT_FIXTURES'] || null
}

/** All shared vectors, in file order; empty when no fixtures folder is named. */
export function readVectors(): Vector[] {
  const root = fixturesFolder()
  if (root === null) return []
  const folder = join(root, 'vectors')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<Vector, 'file'>) }))
}
