import { Lane } from '@torghut/contracts'
import type { AgentRunOrder } from '@torghut/contracts'
import { z } from 'zod'

const Parameters = z.record(z.string(), z.string())

/** What scheduled runs are told: the file the CronJobs mount. `${slot}` in a parameter becomes the slot's name. */
export const LanePlan = z.strictObject({
  periodHours: z.int().min(1).max(24),
  runPrefix: z.string().min(1),
  secretBindingRef: z.string().min(1),
  ttlSeconds: z.int().min(0),
  lanes: z.partialRecord(Lane, Parameters),
})
export type LanePlan = z.output<typeof LanePlan>

/**
 * The run a lane makes in the slot of an instant. Everything that starts within one slot asks for the same run, so a
 * second start, by a retry or a hand, changes nothing.
 */
export function runOf(plan: LanePlan, lane: Lane, now: Date): AgentRunOrder {
  const slot = slotOf(now, plan.periodHours)
  const parameters = Object.entries(plan.lanes[lane] ?? {}).map(([name, value]) => [
    name,
    value.replaceAll('${slot}', slot),
  ])
  return {
    lane,
    runPrefix: `${plan.runPrefix}-${slot}`,
    parameters: Object.fromEntries(parameters),
    secretBindingRef: plan.secretBindingRef,
    ttlSeconds: plan.ttlSeconds,
  }
}

/** The name of a slot: the hour in UTC at which it begins, as `20260305T06`. */
export function slotOf(now: Date, periodHours: number): string {
  const hour = Math.floor(now.getUTCHours() / periodHours) * periodHours
  const day = now.toISOString().slice(0, 10).replaceAll('-', '')
  return `${day}T${hour.toString().padStart(2, '0')}`
}
