import type { CommitteeRole, FallbackCause, FieldProvenance, ReviewAdvice } from '@torghut/contracts'

/** A node as far as its say in the advice goes. */
export interface Speaker {
  node: string
  role: CommitteeRole | null
  mandatory: boolean
}

/** Where each field of a committee's advice comes from: a judge's field, or several and the rule that joined them. */
export function committeeFields(advice: ReviewAdvice, speakers: readonly Speaker[]): FieldProvenance[] {
  const judge = speakers.find(({ role }) => role === 'policy_judge')?.node ?? ''
  const voting = speakers.filter(({ role, mandatory }) => role !== null && mandatory).map(({ node }) => node)
  const cap = speakers.filter(({ role }) => role === 'risk_critic').map(({ node }) => `${node}.maxQtyMultiplier`)
  const own = (...names: string[]) => names.map((name) => `${judge}.${name}`)
  const everybody = (name: string) => voting.map((node) => `${node}.${name}`)
  const sized = [...own('adjustedQty'), ...cap, 'request.decision.qty']
  return [
    field('verdict', [...everybody('verdict'), ...sized], 'committee'),
    field('confidence', own('confidence'), 'stated'),
    field('confidence_band', own('confidence'), 'band_of_confidence'),
    field('calibrated_probabilities', [...own('probabilities'), ...cap], methodOf(advice)),
    field('uncertainty', own('confidence', 'uncertaintyBand'), 'one_minus_confidence'),
    field('calibration_metadata', own('probabilities'), methodOf(advice)),
    field('adjusted_qty', sized, 'never_above_the_cap'),
    field('adjusted_order_type', own('adjustedOrderType'), 'stated'),
    field('limit_price', own('limitPrice'), 'stated'),
    field('escalate_reason', [...own('escalateReason'), ...everybody('rationaleShort')], 'committee'),
    field('rationale', own('rationale'), 'stated'),
    field('rationale_short', own('rationaleShort', 'rationale'), 'stated'),
    field('required_checks', everybody('requiredChecks'), 'all_of'),
    field('risk_flags', everybody('riskFlags'), 'all_of'),
    field('committee', voting, 'mandatory_roles_of_the_graph'),
    ...speakers.flatMap(({ node, role }) => (role === null ? [] : [field(`committee.roles.${role}`, [node], 'member')])),
  ]
}

/** The heuristic's fields: a function of the request alone. */
export function heuristicFields(advice: ReviewAdvice): FieldProvenance[] {
  const from = ['request.policy.adjustment_allowed', 'request.market_context']
  return Object.keys(advice).map((name) => field(name, from, 'heuristic'))
}

/** A fallback's fields: a function of its cause alone. */
export function fallbackFields(advice: ReviewAdvice, cause: FallbackCause): FieldProvenance[] {
  return Object.keys(advice).map((name) => field(name, [`cause.${cause}`], 'fallback'))
}

function methodOf({ calibration_metadata: { method } }: ReviewAdvice): string {
  return typeof method === 'string' ? method : 'unknown'
}

function field(name: string, from: string[], rule: string): FieldProvenance {
  return { field: name, from, rule }
}
