import { Lane } from '@torghut/contracts'
import { z } from 'zod'

import { ResourceAmounts } from './resource-amounts.ts'

const DnsLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)

/** Hours between two passes of the lanes; a day is a whole number of passes, so that a slot has one name. */
const PERIOD_HOURS = [1, 2, 3, 4, 6, 8, 12, 24] as const

/** A promotion needs a person's approval, so no clock ever starts one. */
export const ScheduledLane = Lane.exclude(['promote'])
export type ScheduledLane = z.output<typeof ScheduledLane>

const Schedule = z.strictObject({
  /** Minutes from the begin of a slot until this lane is asked for. */
  offsetMinutes: z
    .int()
    .min(0)
    .max(24 * 60),
  suspended: z.boolean(),
  parameters: z.record(z.string().regex(/^[A-Za-z]{1,64}$/), z.string().min(1).max(1024)),
})

/** `config/deploy/agents.yaml`: the lanes' schedule and what each run is told besides what its slot says. */
export const LaneValues = z
  .strictObject({
    namespace: DnsLabel,
    periodHours: z.literal(PERIOD_HOURS),
    runPrefix: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/),
    /** A start later than this is left out: the next slot is nearer. */
    startingDeadlineMinutes: z.int().min(1).max(120),
    deadlineSeconds: z.int().min(10).max(600),
    apiKey: z.strictObject({ secret: DnsLabel, key: z.string().regex(/^[A-Za-z0-9._-]{1,253}$/) }),
    resources: ResourceAmounts,
    shared: z.record(z.string().regex(/^[A-Za-z]{1,64}$/), z.string().min(1).max(1024)),
    lanes: z.record(ScheduledLane, Schedule),
  })
  .check(({ value, issues }) => {
    for (const [lane, { offsetMinutes }] of Object.entries(value.lanes)) {
      const latest = offsetMinutes + value.startingDeadlineMinutes + Math.ceil(value.deadlineSeconds / 60)
      if (latest < value.periodHours * 60) continue
      const message =
        'a late start would fall into the next slot: lower the offset or startingDeadlineMinutes'
      issues.push({ code: 'custom', message, path: ['lanes', lane, 'offsetMinutes'], input: offsetMinutes })
    }
  })
export type LaneValues = z.output<typeof LaneValues>
