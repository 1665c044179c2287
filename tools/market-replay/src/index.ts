export { DESK_ADJUST_QTY_MULTIPLIER, DESK_LIMITS, deskLabel } from './desk-rules.ts'
export type { DeskLabel, DeskRuleName } from './desk-rules.ts'
