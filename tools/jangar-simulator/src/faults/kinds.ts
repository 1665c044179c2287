import { CONNECTION_FAULTS } from './connections.ts'
import { ENDING_FAULTS } from './endings.ts'
import { ERROR_FAULTS } from './errors.ts'
import { EXCESS_FAULTS } from './excess.ts'
import type { Fault } from './fault.ts'
import { HEAD_FAULTS } from './heads.ts'
import { NOISE_FAULTS } from './noise.ts'
import { WAIT_FAULTS } from './waits.ts'

const TABLE = {
  ...CONNECTION_FAULTS,
  ...HEAD_FAULTS,
  ...WAIT_FAULTS,
  ...ENDING_FAULTS,
  ...ERROR_FAULTS,
  ...NOISE_FAULTS,
  ...EXCESS_FAULTS,
} as const satisfies Record<string, Fault>

export type FaultKind = keyof typeof TABLE

/** Every fault by its name: what scripts, flags and the control page accept. */
export const FAULTS: Readonly<Record<FaultKind, Fault>> = TABLE

export const FAULT_KINDS = Object.keys(TABLE) as readonly FaultKind[]

export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(TABLE, text)
}
