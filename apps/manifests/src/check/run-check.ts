import type { KubernetesObject } from '../objects/kubernetes-object.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { API_CONTAINER } from '../torghut/knative-service.ts'
import { generateTree } from '../tree.ts'
import { TREE_FOLDER, compareCommitted } from './compare-committed.ts'
import { compareLive } from './compare-live.ts'
import type { CommittedObject } from './compare-live.ts'
import { comparePinned, compareServed } from './compare-promoted.ts'
import { compareRunning } from './compare-running.ts'
import type { Origin } from './compare-running.ts'
import { compareSchema, isTarget } from './compare-schema.ts'
import { compared, finding, notCompared } from './comparison.ts'
import type { Comparison } from './comparison.ts'
import { containerOf } from './containers.ts'
import type { Promoted } from './promoted.ts'
import { readObjects } from './read-objects.ts'
import type { RunningView } from './running.ts'

/** Everything a check looks at; null for what was not given. */
export interface CheckSubject {
  inputs: Inputs
  committed: ReadonlyMap<string, string>
  live: { objects: KubernetesObject[]; isComplete: boolean } | null
  running: RunningView | null
  promoted: Promoted | null
}

/** Compares every pair that can be compared. Throws what reading the committed files throws. */
export function runCheck({ inputs, committed, live, running, promoted }: CheckSubject): Comparison[] {
  const objects = committedObjects(committed)
  return [
    compareSchema(objects, inputs.pins),
    compareCommitted(generateTree(inputs), committed),
    live === null
      ? notCompared('committed-live', 'give --live FILE or URL')
      : compareLive(objects, live.objects, live.isComplete),
    ...runningComparisons(inputs, objects, live?.objects ?? null, running),
    promoted === null
      ? notCompared('pinned-promoted', 'give --promoted FILE or URL')
      : comparePinned(inputs.pins, promoted),
    promotedComparison(running, promoted),
  ]
}

/** The objects of the committed files. The list for kustomize is a file for a tool, not an object of the cluster. */
function committedObjects(committed: ReadonlyMap<string, string>): CommittedObject[] {
  return [...committed].flatMap(([path, text]) =>
    readObjects(`${TREE_FOLDER}/${path}`, text)
      .filter(({ kind }) => kind !== 'Kustomization')
      .map((object) => ({ path, text, object })),
  )
}

function runningComparisons(
  { pins }: Inputs,
  committed: readonly CommittedObject[],
  live: readonly KubernetesObject[] | null,
  running: RunningView | null,
): Comparison[] {
  const target = pins.targets.find(({ container }) => container === API_CONTAINER)
  const pairs = ['committed-running', 'live-running'] as const
  if (running === null || target === undefined)
    return pairs.map((pair) => notCompared(pair, 'give --url of a running review API'))
  const file = committed.find(({ object }) => isTarget(object, target))
  const committedOrigin: Origin = {
    pair: 'committed-running',
    side: 'committed',
    file: file === undefined ? null : `${TREE_FOLDER}/${file.path}`,
  }
  const liveService = live?.find((object) => isTarget(object, target))
  return [
    serviceComparison(file?.object, running, committedOrigin),
    liveService === undefined
      ? notCompared('live-running', 'give the live review API with --live')
      : serviceComparison(liveService, running, { pair: 'live-running', side: 'live', file: null }),
  ]
}

function serviceComparison(
  object: KubernetesObject | undefined,
  running: RunningView,
  origin: Origin,
): Comparison {
  const container = object === undefined ? null : containerOf(object, API_CONTAINER)
  if (container === null)
    return compared(origin.pair, [finding(`The ${origin.side} review API has no container ${API_CONTAINER}`)])
  return compareRunning(container, running, origin)
}

/** A seed is promoted by nobody: it may serve in paper until something is. */
function promotedComparison(running: RunningView | null, promoted: Promoted | null): Comparison {
  if (running === null) return notCompared('running-promoted', 'give --url of a running review API')
  if (promoted !== null) return compareServed(running, promoted)
  const { kind } = running.artifact
  return notCompared(
    'running-promoted',
    `give --promoted FILE or URL; a ${kind ?? 'missing'} artifact is pinned in the process`,
  )
}
