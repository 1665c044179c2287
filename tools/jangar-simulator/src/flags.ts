import { parseArgs } from 'node:util'

import { z } from 'zod'

import { FaultPlan, NO_FAULTS } from './faults/fault-plan.ts'
import type { SimulatorOptions } from './gateway/gateway.ts'
import type { Revision } from './gateway/revisions.ts'
import { REVISIONS, isRevision } from './gateway/revisions.ts'
import { readFrozenWorlds } from './worlds/frozen.ts'
import { findOptionalWorld } from './worlds/model/world.ts'
import type { WorldsOptions } from './worlds/world-models.ts'

export type Flags = { ok: true; options: SimulatorOptions } | { ok: false; problem: string }

/**
 * Reads the command line; a flag that is unknown or no whole number in its range is a problem in
 * one line.
 */
export function readFlags(args: readonly string[]): Flags {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS, allowPositionals: false })
    return {
      ok: true,
      options: {
        port: wholeNumber('port', values.port, 65_535),
        firstTokenMs: wholeNumber('first-token-ms', values['first-token-ms'], 600_000),
        deltaMs: wholeNumber('delta-ms', values['delta-ms'], 60_000),
        seed: values.seed,
        revision: revisionOf(values.revision),
        models: values.models === undefined ? null : listOf(values.models),
        faults: planOf(values),
        timeScale: timeScaleOf(values['time-scale']),
        worlds: worldsOf(values),
      },
    }
  } catch (error) {
    return {
      ok: false,
      problem: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
    }
  }
}

const FLAGS = {
  port: { type: 'string', default: '0' },
  'first-token-ms': { type: 'string', default: '0' },
  'delta-ms': { type: 'string', default: '0' },
  seed: { type: 'string', default: 'torghut' },
  revision: { type: 'string', default: 'R2' },
  models: { type: 'string' },
  'fault-script': { type: 'string' },
  'fault-share': { type: 'string' },
  'fault-seed': { type: 'string' },
  'fault-kinds': { type: 'string' },
  'time-scale': { type: 'string', default: '1' },
  worlds: { type: 'boolean' },
  world: { type: 'string' },
  'world-calls': { type: 'string' },
  'world-tokens': { type: 'string' },
} as const

function revisionOf(text: string): Revision {
  if (isRevision(text)) return text
  throw new RangeError(`Cannot use --revision "${text}": write ${REVISIONS.join(', ')}`)
}

function listOf(text: string): string[] {
  return text.split(',').filter((entry) => entry !== '')
}

/** One of script and share; the seed and the kinds belong to a share. */
function planOf(values: Partial<Record<`fault-${'script' | 'share' | 'seed' | 'kinds'}`, string>>): FaultPlan {
  const { 'fault-script': script, 'fault-share': share, 'fault-seed': seed, 'fault-kinds': kinds } = values
  const diced = [share, seed, kinds].some((value) => value !== undefined)
  if (script === undefined && !diced) return NO_FAULTS
  if (script !== undefined && diced) throw new RangeError('Cannot use --fault-script with another --fault flag')
  const plan = FaultPlan.safeParse(
    script === undefined
      ? { share: Number(share ?? 1), seed, kinds: kinds === undefined ? undefined : listOf(kinds) }
      : { script: listOf(script) },
  )
  if (plan.success) return plan.data
  throw new RangeError(`Cannot use the --fault flags: ${z.prettifyError(plan.error).replace(/\s+/g, ' ')}`)
}

/** The frozen worlds, worlds by name, or both; what a key may spend on them. */
function worldsOf(
  values: { worlds?: boolean } & Partial<Record<`world${'' | '-calls' | '-tokens'}`, string>>,
): WorldsOptions | undefined {
  const asked = listOf(values.world ?? '')
  const unknown = asked.find((name) => findOptionalWorld(name) === null)
  if (unknown !== undefined) throw new RangeError(`Cannot use --world "${unknown}": no family makes it`)
  const names = [...(values.worlds === true ? readFrozenWorlds().worlds : []), ...asked]
  const limit = (flag: 'world-calls' | 'world-tokens'): number | null =>
    values[flag] === undefined ? null : wholeNumber(flag, values[flag], 9_999_999)
  const budget = { calls: limit('world-calls'), tokens: limit('world-tokens') }
  if (names.length > 0) return { names: [...new Set(names)], budget }
  if (budget.calls === null && budget.tokens === null) return undefined
  throw new RangeError('Cannot use --world-calls or --world-tokens without --worlds or --world')
}

function timeScaleOf(text: string): number {
  const scale = Number(text)
  if (text !== '' && scale > 0 && scale <= 1) return scale
  throw new RangeError(`Cannot use --time-scale "${text}": write a number above 0 up to 1`)
}

function wholeNumber(name: string, text: string, max: number): number {
  if (/^\d{1,7}$/.test(text) && Number(text) <= max) return Number(text)
  throw new RangeError(`Cannot use --${name} "${text}": write a whole number from 0 to ${max}`)
}
