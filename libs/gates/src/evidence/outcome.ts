import type { GateOutcome } from '@torghut/contracts'

/** Longest text copied into evidence; the full value is in the stored request or advice. */
const FACT_LENGTH_MAX = 64

export type Evidence = Record<string, unknown>

/** The answer of a gate that lets the decision go on. */
export function passed(gate: string, evidence: Evidence): GateOutcome {
  return { gate, passed: true, evidence }
}

/** The answer of a gate that denies; `code` is what the caller may branch on. */
export function denied(gate: string, code: string, evidence: Evidence): GateOutcome {
  return { gate, passed: false, code, evidence }
}

/**
 * Answers for a gate whatever it is given. Parsed input never throws; input with holes, handed in past the parser,
 * does so where the gate reads it, and evidence that cannot be read denies (`evidence_unreadable`).
 */
export function guarded(gate: string, judge: () => GateOutcome): GateOutcome {
  try {
    return judge()
  } catch (error) {
    return denied(gate, 'evidence_unreadable', { error: errorName(error) })
  }
}

/** The class of what was thrown: enough to tell a hole in the input from a refused number. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error
}

/** A value as evidence may hold it: evidence is stored as canonical JSON, which knows no NaN and no lone surrogate. */
export function fact(value: unknown): string | number | boolean | null {
  if (typeof value === 'string') return value.slice(0, FACT_LENGTH_MAX).toWellFormed()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'boolean' || value === null) return value
  return typeof value
}
