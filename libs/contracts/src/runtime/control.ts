import { z } from 'zod'

import { Actor, Reason } from '../lifecycle/actor.ts'
import { Timestamp, text } from '../scalars.ts'

/** The hard switches. Each can only make the service more careful; none can open a gate. */
export const ControlName = z.enum([
  'force_deterministic',
  'halt_new_risk',
  'pause_promotions',
  'force_defensive_router',
  'throttle',
])
export type ControlName = z.infer<typeof ControlName>

/** A symbol, a strategy, or a strategy on a symbol. Null, not an empty object, means everything. */
export const ControlScope = z
  .strictObject({ symbol: text(32).optional(), strategy_id: text(128).optional() })
  .refine((scope) => scope.symbol !== undefined || scope.strategy_id !== undefined, {
    params: { code: 'scope_empty' },
    message: 'Name a symbol or a strategy, or send null for everything',
  })
export type ControlScope = z.output<typeof ControlScope>

/** The body of `PUT /v1/controls/{name}`; name and scope together are one switch. */
export const ControlChange = z.strictObject({
  value: z.boolean(),
  scope: ControlScope.nullable().default(null),
  reason: Reason,
  expires_at: Timestamp.nullable().default(null),
})
export type ControlChange = z.output<typeof ControlChange>

/** A switch as it stands. Past `expires_at` it reads as false; null: until somebody changes it. */
export const RuntimeControl = z.strictObject({
  name: ControlName,
  scope: ControlScope.nullable(),
  value: z.boolean(),
  actor: Actor,
  reason: Reason,
  set_at: Timestamp,
  expires_at: Timestamp.nullable(),
})
export type RuntimeControl = z.output<typeof RuntimeControl>

/** Switches about reviews may be set for one symbol or strategy; the others concern the whole service. */
const SCOPED: readonly ControlName[] = ['force_deterministic', 'halt_new_risk', 'throttle']

/** Actor of what the service itself sets; no person has it. */
export const SYSTEM_ACTOR = 'system'

/** The first stated rule a change breaks at instant `now`, or null: a scope where one makes sense, an expiry ahead. */
export function controlChangeIssue(
  name: ControlName,
  change: ControlChange,
  now: Date,
): { code: string; message: string } | null {
  if (name === 'throttle' && (change.scope?.symbol === undefined || change.scope.strategy_id === undefined)) {
    return { code: 'scope_incomplete', message: 'A throttle is for one strategy on one symbol: name both' }
  }
  if (name === 'throttle' && change.expires_at !== null) {
    return { code: 'expiry_not_applicable', message: 'A throttle ends when a person clears it: send no expires_at' }
  }
  if (change.scope !== null && !SCOPED.includes(name)) {
    return { code: 'scope_not_applicable', message: `Control "${name}" has no scope: send null` }
  }
  if (change.expires_at !== null && Date.parse(change.expires_at) <= now.getTime()) {
    return { code: 'expired', message: 'expires_at is not in the future' }
  }
  return null
}
