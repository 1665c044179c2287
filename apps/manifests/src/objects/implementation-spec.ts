import { z } from 'zod'

/** Longest text a spec may hold, and the most keys and mappings of its contract. */
const TEXT_LENGTH_MAX = 131_072
const REQUIRED_KEYS_MAX = 50
const MAPPINGS_MAX = 100

const DnsLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
const Key = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/)

/**
 * `agents.proompteng.ai/v1alpha1` ImplementationSpec, limited to the members we write. No npm package carries its
 * schema: names and limits are those of the CRD `implementationspecs.agents.proompteng.ai` in proompteng/lab
 * (charts/agents/crds, as of 2026-08) with the `contract` member its controller reads.
 */
export const ImplementationSpec = z.strictObject({
  apiVersion: z.literal('agents.proompteng.ai/v1alpha1'),
  kind: z.literal('ImplementationSpec'),
  metadata: z.strictObject({
    name: DnsLabel,
    namespace: DnsLabel,
    labels: z.record(z.string(), z.string().max(63)),
  }),
  spec: z.strictObject({
    summary: z.string().min(1).max(256),
    text: z.string().min(1).max(TEXT_LENGTH_MAX),
    acceptanceCriteria: z.array(z.string().min(1)).max(50),
    contract: z.strictObject({
      requiredKeys: z.array(Key).min(1).max(REQUIRED_KEYS_MAX),
      mappings: z
        .array(z.strictObject({ from: z.string().min(1), to: z.string().min(1) }))
        .max(MAPPINGS_MAX)
        .optional(),
    }),
    source: z.strictObject({ provider: z.literal('manual') }),
  }),
})
export type ImplementationSpec = z.output<typeof ImplementationSpec>
