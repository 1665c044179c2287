import { z } from 'zod'

import { isRefusedName } from '../runtime/guardrail-names.ts'
import { ruleIssue } from '../scalars.ts'

/** Longest value of an environment entry we write; the longest honest one is a URL. */
const VALUE_LENGTH_MAX = 2048

/** Most containers one file may name; the largest tree we measured has a thousand services. */
const TARGETS_MAX = 1024

const DnsLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)

/** One container whose environment is kept converged. `group` is empty for the core API group. */
const PinTarget = z.strictObject({
  group: z.string().regex(/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$/),
  kind: z.string().regex(/^[A-Z][A-Za-z]{0,62}$/),
  namespace: DnsLabel,
  name: DnsLabel,
  container: DnsLabel,
})

/** What the manifests must say: these names with these values in these containers. Null: the name must be absent. */
export const PinsFile = z
  .strictObject({
    targets: z.array(PinTarget).min(1).max(TARGETS_MAX),
    env: z.record(z.string().regex(/^[A-Z][A-Z0-9_]{0,127}$/), z.string().min(1).max(VALUE_LENGTH_MAX).nullable()),
  })
  .check(({ value, issues }) => {
    const names = value.targets.map((target) => Object.values(target).join('/'))
    if (new Set(names).size < names.length) {
      issues.push(ruleIssue('duplicate_target', 'A container is named twice', value.targets, ['targets']))
    }
    for (const [name, pinned] of Object.entries(value.env)) {
      if (pinned === null || !isRefusedName(name)) continue
      const message = 'The service refuses to start with this name: pin it to null'
      issues.push(ruleIssue('refused_name', message, pinned, ['env', name]))
    }
  })
export type PinsFile = z.output<typeof PinsFile>
