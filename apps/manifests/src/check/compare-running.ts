import { contractOf, environmentNames } from '../torghut/environment.ts'
import { portOf } from './compare-schema.ts'
import { compared, finding } from './comparison.ts'
import type { Comparison, PairId } from './comparison.ts'
import { variablesIn } from './containers.ts'
import type { Container } from './containers.ts'
import type { RunningView } from './running.ts'
import { unifiedDiff } from './unified-diff.ts'

/** Where a container was read: the committed tree, or what is live. */
export interface Origin {
  pair: Extract<PairId, 'committed-running' | 'live-running'>
  side: 'committed' | 'live'
  file: string | null
}

/**
 * Holds what a process says it runs with against what its container says, name by name after defaults, by the parser
 * the service itself uses. Of a secret only counts whether it is set.
 */
export function compareRunning(
  container: Container,
  running: RunningView,
  { pair, side, file }: Origin,
): Comparison {
  const wanted = contractOf({ ...variablesIn(container), ...portOf(container) })
  if (wanted === null)
    return compared(pair, [finding(`The service would refuse to start with the ${side} values`, file)])
  const references = referencesIn(container)
  const expected = new Map(
    Object.entries(wanted).map(([name, value]) => [name, references.has(name) ? SET : value]),
  )
  const actual = new Map(
    Object.entries(running.environment).map(([name, value]) => [name, asShown(references, name, value)]),
  )
  // A key that may be absent is right both ways.
  for (const [name, isOptional] of references) if (isOptional) expected.set(name, actual.get(name) ?? null)
  const [left, right] = [lines(expected), lines(actual)]
  const difference = unifiedDiff(
    { name: `${side}/environment`, text: left },
    { name: 'running/environment', text: right },
  )
  if (difference === null) return compared(pair, [])
  const names = [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((name) => expected.get(name) !== actual.get(name))
    .sort()
  const said = names.map((name) => `${name} is ${show(expected, name)} and runs as ${show(actual, name)}`)
  return compared(pair, [
    { message: said.join('; '), file, line: file === null ? null : 1, diff: difference.diff },
  ])
}

const SET = '[set]'

type Shown = string | number | boolean | null

/** Names whose value comes from a secret, and whether the pod starts without it. */
function referencesIn({ env }: Container): Map<string, boolean> {
  return new Map(
    env.flatMap(({ name, value, valueFrom }) =>
      value === undefined ? [[name, valueFrom?.secretKeyRef?.optional === true] as const] : [],
    ),
  )
}

function asShown(references: ReadonlyMap<string, boolean>, name: string, value: Shown): Shown {
  return references.has(name) && value !== null ? SET : value
}

function lines(values: ReadonlyMap<string, Shown>): string {
  const names = [...new Set([...environmentNames(), ...values.keys()])].sort()
  return names
    .map((name) => `${name}=${values.has(name) ? JSON.stringify(values.get(name)) : '(unknown)'}\n`)
    .join('')
}

function show(values: ReadonlyMap<string, Shown>, name: string): string {
  return values.has(name) ? JSON.stringify(values.get(name)) : 'not a name there'
}
