import { z } from 'zod'

/** The kinds of alerts, each with a runbook page and an owner. */
export const AlertFamily = z.enum(['availability', 'context', 'evaluation', 'gates', 'router', 'transport'])
export type AlertFamily = z.output<typeof AlertFamily>

/** `config/deploy/owners.yaml`: who answers for each family of alerts. A team or a person, as the pager knows it. */
export const Owners = z.strictObject({
  families: z.record(AlertFamily, z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)),
})
export type Owners = z.output<typeof Owners>
