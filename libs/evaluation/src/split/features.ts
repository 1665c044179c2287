import type { ReviewSubmission } from '@torghut/contracts'

/** A number of an input, by its dotted path. */
export interface NumericFeature {
  path: string
  value: number
}

const NUMBER = /^-?\d{1,20}(\.\d{1,12})?$/

/**
 * The numbers a decision about a market rests on: its size, its parameters, the snapshot and the context's payloads, in
 * order of path. Decimals in text count as numbers. The account is left out: it changes whatever the market does.
 */
export function numericFeatures({ request }: ReviewSubmission): NumericFeature[] {
  const { decision, market, market_context: context } = request
  const found: NumericFeature[] = []
  collect(found, 'market', { price: market?.price, spread: market?.spread })
  collect(found, 'decision', { qty: decision.qty, params: decision.params })
  for (const [name, block] of Object.entries(context?.domains ?? {})) collect(found, `context.${name}`, block.payload)
  return found
}

/** Names of the fields of the free maps of an input, by path, whatever they hold. */
export function freeFieldNames({ request }: ReviewSubmission): string[] {
  const names: string[] = []
  for (const [name, block] of Object.entries(request.market_context?.domains ?? {}))
    collectNames(names, `context.${name}`, block.payload)
  return names
}

function collect(found: NumericFeature[], path: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value)) found.push({ path, value })
  else if (typeof value === 'string' && NUMBER.test(value)) found.push({ path, value: Number(value) })
  else for (const [key, child] of members(value)) collect(found, `${path}.${key}`, child)
}

function collectNames(names: string[], path: string, value: unknown): void {
  for (const [key, child] of members(value)) {
    names.push(`${path}.${key}`)
    collectNames(names, `${path}.${key}`, child)
  }
}

/** Members of an object or list in key order; a scalar has none. */
function members(value: unknown): [string, unknown][] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}
