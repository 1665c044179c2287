import { z } from 'zod'

import { readObjects } from '../check/read-objects.ts'
import { FileRefusedError, ManifestsError, PinRefusedError } from '../errors.ts'
import { denialText, findDenial } from '../inputs/denylist.ts'
import { knownRevisions } from '../inputs/pin-history.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { TrafficSplit } from '../inputs/traffic-split.ts'
import { HASH_NAME } from '../pin/pin-files.ts'

/**
 * Reads a split from `REVISION=PERCENT` or `REVISION=PERCENT:TAG`, one for each revision; null when none is given. Every
 * revision must be one Git named, or one that is live; none that gets a share may run what is denied. Throws
 * `ManifestsError` and `PinRefusedError`.
 */
export function readSplit(shares: readonly string[], inputs: Inputs, live: ReadonlyMap<string, string>): TrafficSplit | null {
  if (shares.length === 0) return null
  const parsed = TrafficSplit.safeParse({ traffic: shares.map(readShare) })
  if (!parsed.success) throw new ManifestsError(`Cannot use --traffic: ${parsed.error.issues[0]?.message ?? ''}`)
  const known = new Map([...live, ...knownRevisions(inputs.history)])
  for (const { revisionName, percent } of parsed.data.traffic) {
    const hash = known.get(revisionName)
    if (hash === undefined)
      throw new ManifestsError(`Cannot use --traffic: no pin made revision "${revisionName}", and it is not in --live`)
    const denial = findDenial(inputs.denylist, hash)
    if (denial === undefined || percent === 0) continue
    throw new PinRefusedError('hash_denied', `revision ${revisionName} runs ${hash}, ${denialText(denial)}`)
  }
  return parsed.data
}

const Revision = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    containers: z.array(z.object({ env: z.array(z.object({ name: z.string(), value: z.string().optional() })).optional() })),
  }),
})

/** Revisions among live objects, each with the artifact it pins; empty text for one without. Throws `FileRefusedError`. */
export function liveRevisions(name: string, text: string): Map<string, string> {
  const revisions = readObjects(name, text)
    .filter(({ apiVersion, kind }) => kind === 'Revision' && apiVersion.startsWith('serving.knative.dev/'))
    .flatMap((object) => Revision.safeParse(object).data ?? [])
  if (revisions.length === 0) throw new FileRefusedError(name, null, 'holds no revision of Knative')
  const hashOf = ({ spec }: z.output<typeof Revision>) =>
    spec.containers.flatMap(({ env = [] }) => env).find((entry) => entry.name === HASH_NAME)?.value ?? ''
  return new Map(revisions.map((revision) => [revision.metadata.name, hashOf(revision)]))
}

function readShare(text: string): object {
  const [, revisionName, percent, tag] = /^([^=]+)=(\d{1,3})(?::(.+))?$/.exec(text) ?? []
  if (revisionName === undefined) throw new ManifestsError(`Cannot use --traffic "${text}": write REVISION=PERCENT or REVISION=PERCENT:TAG`)
  return { revisionName, percent: Number(percent), ...(tag === undefined ? {} : { tag }) }
}
