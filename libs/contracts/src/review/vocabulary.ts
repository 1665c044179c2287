import { z } from 'zod'

/** What a program may say. Advice only: gates outrank it. */
export const AdviceVerdict = z.enum(['approve', 'veto', 'adjust', 'abstain', 'escalate'])
export type AdviceVerdict = z.infer<typeof AdviceVerdict>

/** The final word. */
export const Verdict = z.enum(['approve', 'veto', 'adjust'])
export type Verdict = z.infer<typeof Verdict>

export const TradeAction = z.enum(['buy', 'sell'])
export type TradeAction = z.infer<typeof TradeAction>

export const OrderType = z.enum(['market', 'limit', 'stop', 'stop_limit'])
export type OrderType = z.infer<typeof OrderType>

export const TimeInForce = z.enum(['day', 'gtc', 'ioc', 'fok'])

/** Low, medium or high: used for confidence, uncertainty and entropy alike. */
export const Band = z.enum(['low', 'medium', 'high'])
export type Band = z.infer<typeof Band>

export const TradingMode = z.enum(['paper', 'live'])
export type TradingMode = z.infer<typeof TradingMode>

export const CommitteeRole = z.enum(['researcher', 'risk_critic', 'execution_critic', 'policy_judge'])
export type CommitteeRole = z.infer<typeof CommitteeRole>

/** Which side of a rollout served the review. */
export const Arm = z.enum(['base', 'candidate'])
export type Arm = z.infer<typeof Arm>

/** The promotion target an artifact was served under; a seed serves under `paper`. */
export const Stage = z.enum(['paper', 'shadow', 'constrained_live', 'scaled_live'])
export type Stage = z.infer<typeof Stage>

/** Why the model was not asked although nothing failed. */
export const SkipReason = z.enum(['reducing', 'fast_path', 'kill_switch'])
export type SkipReason = z.infer<typeof SkipReason>

/** Checks a reviewer may ask for; the scheduler runs them after us (contract, 3.6). */
export const REQUIRED_CHECKS = [
  'execution_policy',
  'risk_engine',
  'order_firewall',
  'portfolio_sizing',
  'market_context',
  'autonomy_policy_checks',
] as const

/** Why a gateway call yielded no usable stream. Branch on these, never on message text. */
export const GatewayCause = z.enum([
  'gateway_refused',
  'gateway_reset',
  'gateway_timeout',
  'gateway_stalled',
  'gateway_truncated',
  'gateway_error_frame',
  'gateway_http_error',
  'gateway_protocol',
])
export type GatewayCause = z.infer<typeof GatewayCause>

/** Why the deterministic fallback spoke instead of the program. */
export const FallbackCause = z.enum([
  ...GatewayCause.options,
  'answer_missing',
  'answer_ambiguous',
  'answer_altered',
  'advice_invalid',
  'advice_incoherent',
  'breaker_open',
  'overloaded',
  'artifact_missing',
  'artifact_hash_mismatch',
  'artifact_not_promoted',
  'artifact_program_mismatch',
  'resource_exceeded',
  'force_deterministic',
  'unsafe_text',
  'internal',
])
export type FallbackCause = z.infer<typeof FallbackCause>
