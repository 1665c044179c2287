import { EnvironmentSchema, isRefusedName } from '@torghut/contracts'
import type { PinsFile } from '@torghut/contracts'

import { PINNED_NAMES, contractOf, environmentNames } from '../torghut/environment.ts'
import { TREE_FOLDER } from './compare-committed.ts'
import type { CommittedObject } from './compare-live.ts'
import { compared, finding } from './comparison.ts'
import type { Comparison, Finding } from './comparison.ts'
import { containerOf, variablesIn } from './containers.ts'
import type { Container } from './containers.ts'
import { objectKey } from '../objects/kubernetes-object.ts'

/**
 * Proves, name by name, that the containers the pins name say what the environment schema reads: nothing unknown,
 * nothing refused, nothing twice, every pin a literal with the pinned value, and a set of values the parser accepts.
 */
export function compareSchema(committed: readonly CommittedObject[], pins: PinsFile): Comparison {
  const findings = pins.targets.flatMap((target) => {
    const file = committed.find(({ object }) => isTarget(object, target))
    const container = file === undefined ? null : containerOf(file.object, target.container)
    const place = `${target.kind} ${target.namespace}/${target.name}, container ${target.container}`
    if (file === undefined || container === null)
      return [finding(`${place} is pinned and not in ${TREE_FOLDER}`)]
    const isKnative = target.group === 'serving.knative.dev'
    return compareContainer(container, pins, isKnative).map((message) =>
      finding(`${place}: ${message}`, `${TREE_FOLDER}/${file.path}`, lineOf(file.text, message)),
    )
  })
  return compared('schema-manifest', findings satisfies Finding[])
}

function compareContainer(container: Container, pins: PinsFile, isKnative: boolean): string[] {
  const names = container.env.map(({ name }) => name)
  const known = environmentNames()
  return [
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `${name} stands there twice`),
    ...names.filter((name) => isRefusedName(name)).map((name) => `${name} is refused at start`),
    ...names
      .filter((name) => !known.includes(name) && !isRefusedName(name) && !name.startsWith('OTEL_'))
      .map((name) => `${name} is not a name of the environment contract`),
    ...known
      .filter((name) => !names.includes(name) && mustStand(name, isKnative))
      .map((name) => `${name} is missing`),
    ...(container.envFrom.length > 0 ? ['envFrom brings names nobody sees in the manifest'] : []),
    ...PINNED_NAMES.flatMap((name) => pinProblems(container, name, pins.env[name] ?? null)),
    ...(contractOf({ ...variablesIn(container), ...portOf(container) }) === null
      ? ['the service would refuse to start with these values']
      : []),
  ]
}

/** Where the file has the entry a message begins with; the first line when it has none. */
function lineOf(text: string, message: string): number {
  const entry = `name: ${message.split(' ', 1)[0] ?? ''}`
  return (
    Math.max(
      0,
      text.split('\n').findIndex((line) => line.endsWith(entry)),
    ) + 1
  )
}

function pinProblems({ env }: Container, name: string, pinned: string | null): string[] {
  const entry = env.find((variable) => variable.name === name)
  if (entry === undefined) return []
  if (entry.value === undefined) return [`${name} is no literal, so Git does not say what it is`]
  return entry.value === pinned
    ? []
    : [`${name} is "${entry.value}", and pins.json says ${JSON.stringify(pinned)}`]
}

/** A name without a default may be left out; Knative sets the port itself. */
function mustStand(name: string, isKnative: boolean): boolean {
  if (name === 'PORT' && isKnative) return false
  const shape: Record<string, { safeParse(value: undefined): { success: boolean; data?: unknown } }> =
    EnvironmentSchema.shape
  const absent = shape[name]?.safeParse(undefined)
  return absent?.success !== true || absent.data !== undefined
}

/** What PORT is for a container that Knative starts. */
export function portOf({ ports }: Container): Record<string, string> {
  const [first] = ports
  return first === undefined ? {} : { PORT: first.containerPort.toString() }
}

/** Whether an object is the one a pin target names, by API group, kind, namespace and name. */
export function isTarget(object: CommittedObject['object'], target: PinsFile['targets'][number]): boolean {
  const group = target.group === '' ? '' : `.${target.group}`
  return objectKey(object) === `${target.kind}${group} ${target.namespace}/${target.name}`
}
