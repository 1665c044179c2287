import type { RawEnvironment } from './environment.ts'

/** What stands where a secret is set: that it is, and nothing of it. */
const REDACTED = '[set]'

/** Names whose values open something. A database URL holds a password. */
const SECRETS: ReadonlySet<string> = new Set(['JANGAR_API_KEY', 'DATABASE_URL'] satisfies (keyof RawEnvironment)[])

/** A name of the environment and what it means here; null when it is not set and has no default. */
export type EffectiveContract = Record<keyof RawEnvironment, string | number | boolean | null>

/**
 * Each of the environment's names with the value the process runs with, defaults included: what is compared to tell
 * whether two replicas, or a replica and its manifest, run the same contract. Fit for showing.
 */
export function effectiveContract(raw: RawEnvironment, names: readonly (keyof RawEnvironment)[]): EffectiveContract {
  const entries = names.map((name) => {
    const value = raw[name] ?? null
    return [name, value !== null && SECRETS.has(name) ? REDACTED : value]
  })
  return Object.fromEntries(entries) as EffectiveContract
}
