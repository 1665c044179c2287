import { z } from 'zod'

import { JsonMap } from '../scalars.ts'

const GateName = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
const DenialCode = z.string().regex(/^[a-z][a-z0-9_]*$/)

/** One gate's answer: a value, never an exception. `evidence` holds what it looked at. */
export const GateOutcome = z.discriminatedUnion('passed', [
  z.strictObject({ gate: GateName, passed: z.literal(true), evidence: JsonMap }),
  z.strictObject({ gate: GateName, passed: z.literal(false), code: DenialCode, evidence: JsonMap }),
])
export type GateOutcome = z.infer<typeof GateOutcome>
