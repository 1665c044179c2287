import { z } from 'zod'

const DnsLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected a DNS label')

/** Most revisions that share the traffic; two is the usual number. */
const SHARES_MAX = 8

/**
 * `config/deploy/traffic.json`: how the requests are shared among revisions, each by its name. There is none of it while
 * everything goes to the newest revision. `latestRevision` is left out on purpose: its meaning moves with the next pin.
 */
export const TrafficSplit = z
  .strictObject({
    traffic: z
      .array(
        z.strictObject({
          revisionName: DnsLabel,
          percent: z.int().min(0).max(100),
          /** Gives the revision an address of its own. */
          tag: DnsLabel.optional(),
        }),
      )
      .min(1)
      .max(SHARES_MAX),
  })
  .check(({ value: { traffic }, issues }) => {
    const complain = (message: string) =>
      issues.push({ code: 'custom', message, path: ['traffic'], input: traffic })
    const total = traffic.reduce((sum, { percent }) => sum + percent, 0)
    if (total !== 100) complain(`percents sum to ${total} and not to 100`)
    const names = traffic.map(({ revisionName }) => revisionName)
    if (new Set(names).size < names.length) complain('a revision is named twice')
    const tags = traffic.flatMap(({ tag }) => tag ?? [])
    if (new Set(tags).size < tags.length) complain('a tag is given twice')
  })
export type TrafficSplit = z.output<typeof TrafficSplit>
