import { z } from 'zod'

import type { FaultKind } from './kinds.ts'
import { FAULT_KINDS, isFaultKind } from './kinds.ts'

/** Longest script, in entries: far more than a test or a person writes. */
const SCRIPT_LENGTH_MAX = 10_000

/** One fault: its kind, and after how many deltas it begins; null leaves the place to the dice. */
export interface FaultSpec {
  kind: FaultKind
  at: number | null
}

/** Spelled `stall`, `stall@12`, or `ok` for none. Null when it is none of these. */
export function parseFault(text: string): FaultSpec | 'ok' | null {
  if (text === 'ok') return 'ok'
  const match = /^([a-z0-9_]+)(?:@(\d{1,4}))?$/.exec(text)
  const [, kind = '', at] = match ?? []
  return isFaultKind(kind) ? { kind, at: at === undefined ? null : Number(at) } : null
}

const FaultText = z.string().transform((text, context) => {
  const parsed = parseFault(text)
  if (parsed !== null) return parsed
  context.issues.push({ code: 'custom', message: `"${text}" is no fault: write kind, kind@deltas or ok`, input: text })
  return z.NEVER
})

const Kind = z.enum(FAULT_KINDS as [FaultKind, ...FaultKind[]])

/**
 * What goes wrong from now on. A script says it request by request and then ends; a share lets dice
 * decide, the same way for the same seed.
 */
export const FaultPlan = z.union([
  z.strictObject({ script: z.array(FaultText).max(SCRIPT_LENGTH_MAX) }),
  z.strictObject({
    share: z.number().min(0).max(1),
    seed: z.string().max(200).default('faults'),
    kinds: z.array(Kind).min(1).optional(),
  }),
])
export type FaultPlan = z.output<typeof FaultPlan>

export const NO_FAULTS: FaultPlan = { script: [] }
