/** Counters a review moves, without their prefix; the names are those dashboards and alerts already ask for (contract, 7). */
export const PLAIN_COUNTERS = {
  requests_total: 'Reviews in which the program was asked, or the fallback spoke in its place',
  approve_total: 'Verdicts approve',
  veto_total: 'Verdicts veto',
  adjust_total: 'Verdicts adjust',
  abstain_total: 'Advice abstain',
  escalate_total: 'Advice escalate',
  error_total: 'Reviews that ended in the deterministic fallback',
  parse_error_total: 'Answers with no usable frame',
  validation_error_total: 'Answers that broke the schema or contradicted themselves',
  circuit_open_total: 'Times this process saw a circuit breaker open',
  fail_mode_override_total: 'Always 0: the fail mode is veto and cannot be configured otherwise',
  fail_mode_exception_total: 'Always 0: no exception to the fail mode exists',
  stage_policy_violation_total: 'Always 0: no stage changes the fail mode, so none can be violated',
  shadow_total: 'Always 0: an answered verdict always binds; shadow advice has rows of its own',
  guardrail_block_total: 'Reviews in which a control kept the model from being asked',
  guardrail_shadow_total: 'Always 0: nothing turns a review into a shadow',
  policy_fallback_total: 'Advice that policy replaced by a fail mode: abstain, escalate, or too poor to count',
  market_context_block_total: 'Reviews blocked by the market-context gate',
  market_context_error_total: 'Always 0: callers bring the context, nothing is fetched here',
  tokens_prompt_total: 'Prompt tokens as the gateway reports them',
  tokens_completion_total: 'Completion tokens as the gateway reports them',
  committee_schema_error_total: 'Committee members whose answer broke the schema',
  committee_veto_total: 'Reviews in which a mandatory committee member vetoed',
  committee_veto_alignment_total: 'Of these, reviews whose verdict was a veto: all, unless a gate is broken',
} as const

/** Counters with labels, the contract's and ours. */
export const LABELLED_COUNTERS = {
  policy_resolution_total: ['Reviews by how their fail mode came about; always compliant', ['classification']],
  market_context_reason_total: ['Market-context blocks by reason', ['reason']],
  market_context_shadow_total: ['Market-context blocks that paper reports and lets pass, by reason', ['reason']],
  committee_requests_total: ['Committee members heard', ['role']],
  committee_verdict_total: ['What committee members said', ['role', 'verdict']],
  fallback_total: ['Deterministic fallbacks by cause', ['cause']],
  skipped_total: ['Reviews in which the model was skipped, by reason', ['reason']],
  gate_outcome_total: ['Gate outcomes', ['gate', 'passed']],
} as const satisfies Record<string, readonly [string, readonly string[]]>

export type PlainCounter = keyof typeof PLAIN_COUNTERS
export type CounterName = PlainCounter | keyof typeof LABELLED_COUNTERS

/** Counters that the former exporter offered a second time, under a shorter prefix. */
export const EXPORTED_TWICE: readonly PlainCounter[] = [
  'requests_total',
  'approve_total',
  'veto_total',
  'adjust_total',
  'error_total',
  'parse_error_total',
  'validation_error_total',
  'circuit_open_total',
  'fail_mode_override_total',
  'fail_mode_exception_total',
  'stage_policy_violation_total',
  'shadow_total',
  'guardrail_block_total',
  'guardrail_shadow_total',
  'tokens_prompt_total',
  'tokens_completion_total',
]
