import { roll } from '../simulated-model/dice.ts'
import type { FaultPlan, FaultSpec } from './fault-plan.ts'
import { parseFault } from './fault-plan.ts'
import type { FaultKind } from './kinds.ts'
import { FAULTS, FAULT_KINDS } from './kinds.ts'

/** How many named cases are counted at once; the oldest is forgotten. */
const CASES_MAX = 10_000

export interface ChosenFault {
  kind: FaultKind
  /** Where it begins in an answer of that many deltas. */
  at: (deltas: number) => number
}

export interface FaultChooser {
  /** What goes wrong with the next request; a `fault` in its address outranks the plan. */
  next(query: URLSearchParams): ChosenFault | null
  set(plan: FaultPlan): void
  describe(): Record<string, unknown>
}

/** Decides request by request; nothing but the order of requests and the seed has a say. */
export function createFaultChooser(initial: FaultPlan): FaultChooser {
  let plan = initial
  let asked = 0
  const caseCounts = new Map<string, number>()

  function next(query: URLSearchParams): ChosenFault | null {
    const named = query.get('fault')
    if (named !== null) return askedFor(named, query, caseCounts)
    asked += 1
    if ('script' in plan) return fromScript(plan.script[asked - 1], asked)
    const kinds = plan.kinds ?? FAULT_KINDS
    if (roll({ seed: plan.seed, asked }, 'fault') >= plan.share) return null
    const kind = kinds[Math.floor(roll({ seed: plan.seed, asked }, 'kind') * kinds.length)]
    return kind === undefined ? null : placed({ kind, at: null }, plan.seed, asked)
  }

  return {
    next,
    set(wanted) {
      plan = wanted
      asked = 0
    },
    describe: () => ({ ...describePlan(plan), asked }),
  }
}

/** `?fault=stall@3&case=a&times=1`: the first request of that case meets the fault, the next ones do not. */
function askedFor(named: string, query: URLSearchParams, counts: Map<string, number>): ChosenFault | null {
  const spec = parseFault(named)
  if (spec === null || spec === 'ok') return null
  const name = query.get('case')
  if (name === null) return placed(spec, named, 0)
  const count = (counts.get(name) ?? 0) + 1
  counts.delete(name)
  counts.set(name, count)
  if (counts.size > CASES_MAX) counts.delete(counts.keys().next().value ?? '')
  return count > Number(query.get('times') ?? 1) ? null : placed(spec, name, count)
}

function fromScript(entry: FaultSpec | 'ok' | undefined, asked: number): ChosenFault | null {
  return entry === undefined || entry === 'ok' ? null : placed(entry, 'script', asked)
}

function placed({ kind, at }: FaultSpec, seed: string, asked: number): ChosenFault {
  return {
    kind,
    at: (deltas) => Math.min(at ?? Math.floor(roll({ seed, asked }, 'place') * (deltas + 1)), deltas),
  }
}

function describePlan(plan: FaultPlan): Record<string, unknown> {
  if ('share' in plan) return { ...plan, kinds: plan.kinds ?? FAULT_KINDS }
  return { script: plan.script.map((spec) => (spec === 'ok' ? 'ok' : spelled(spec))) }
}

function spelled({ kind, at }: FaultSpec): string {
  return at === null || !FAULTS[kind].positional ? kind : `${kind}@${at}`
}
