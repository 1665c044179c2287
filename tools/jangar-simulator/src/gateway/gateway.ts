import type { FaultChooser } from '../faults/choose-fault.ts'
import { createFaultChooser } from '../faults/choose-fault.ts'
import type { FaultPlan } from '../faults/fault-plan.ts'
import type { WorldLedger } from '../worlds/ledger.ts'
import { createWorldLedger } from '../worlds/ledger.ts'
import type { WorldsOptions } from '../worlds/world-models.ts'
import { worldModelNames } from '../worlds/world-models.ts'
import type { Reply } from './reply.ts'
import type { Revision } from './revisions.ts'
import { REVISION_FACTS } from './revisions.ts'

export interface SimulatorOptions {
  /** 0 takes a free port. */
  port: number
  revision: Revision
  /** The configured list; null takes the revision's own. */
  models: readonly string[] | null
  /** Pause before the first delta, in milliseconds. */
  firstTokenMs: number
  /** Pause between deltas, in milliseconds; 0 sends them as fast as they can be written. */
  deltaMs: number
  /** The simulated model's own dice: another seed is another model with the same abilities. */
  seed: string
  faults: FaultPlan
  /** What the gateway's own times (keepalives, late headers, drips) are multiplied with, above 0 up to 1. */
  timeScale: number
  /** Made-up worlds to compare optimizers in; none when left out. */
  worlds?: WorldsOptions | undefined
}

/** The state of one simulated gateway process. */
export interface Gateway {
  options: SimulatorOptions
  faults: FaultChooser
  /** What has been asked of this process, so that a test can prove how often a model was called. */
  counts: { completions: number }
  /** True once its backend process is gone, until the faults are cleared. */
  backendDead: boolean
  /** What each key has spent on worlds. */
  worlds: WorldLedger
  modelsOf: (revision: Revision) => readonly string[]
  scaled: (ms: number) => number
  befall: (what: NonNullable<Reply['afterwards']>) => void
}

/** `goDown` closes the port for that many milliseconds. */
export function createGateway(options: SimulatorOptions, goDown: (ms: number) => void): Gateway {
  const gateway: Gateway = {
    options,
    faults: createFaultChooser(options.faults),
    counts: { completions: 0 },
    backendDead: false,
    worlds: createWorldLedger(options.worlds?.budget ?? { calls: null, tokens: null }),
    modelsOf: (revision) => [
      ...(options.models ?? REVISION_FACTS[revision].models),
      ...worldModelNames(options.worlds?.names ?? []),
    ],
    scaled: (ms) => ms * options.timeScale,
    befall: (what) => {
      if (what === 'backend_dead') gateway.backendDead = true
      else goDown(what.downMs)
    },
  }
  return gateway
}
