import type { GateName } from './gate-order.ts'

/** What the reference page tells about a gate; it stands in the gate's own file. */
export interface GateAbout {
  gate: GateName
  /** Every code it denies with that no other gate has. */
  codes: readonly string[]
  /** What it checks, in one sentence. */
  checks: string
  /** The clause it answers to, or why it is ours. */
  why: string
  /** Paths of its limits in the policy file; empty when it has none. */
  limits: readonly string[]
  /** What a person does about a denial. */
  action: string
}
