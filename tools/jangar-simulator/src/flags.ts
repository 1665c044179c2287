import { parseArgs } from 'node:util'

import type { SimulatorOptions } from './gateway/server.ts'

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
} as const

function wholeNumber(name: string, text: string, max: number): number {
  if (/^\d{1,7}$/.test(text) && Number(text) <= max) return Number(text)
  throw new RangeError(`Cannot use --${name} "${text}": write a whole number from 0 to ${max}`)
}
