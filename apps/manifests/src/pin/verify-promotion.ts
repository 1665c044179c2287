import { isSignedBy } from '@torghut/audit'
import { Stage, approvalPayload, readPromotionBundle } from '@torghut/contracts'
import type { PinsFile, PromotionBundle, PromotionParts, TradingMode } from '@torghut/contracts'
import { artifactBytes, verifyArtifact } from '@torghut/programs'

import { PinRefusedError } from '../errors.ts'
import type { Approver } from './approvers.ts'

/** A promotion in which every hash, binding, gate and signature was checked. */
export interface VerifiedPromotion {
  artifactHash: string
  parts: PromotionParts
  bundle: PromotionBundle
  /** Whose signature it was, and with which key. */
  approver: Approver
}

/** What a promotion has to be good for: this deployment. */
export interface PinContext {
  pins: PinsFile
  tradingMode: TradingMode
  approvers: readonly Approver[]
}

/** Longest an evaluation counts, the same as in a promotion (contract, 6.4). */
const EVALUATION_AGE_MAX_MS = 24 * 60 * 60 * 1000

/** How far the clocks of two machines may be apart. */
const CLOCK_SKEW_MAX_MS = 5 * 60 * 1000

/**
 * What an artifact must be promoted for to be pinned. The pin serves every decision no rollout takes: in live
 * that is more than `constrained_live` allows.
 */
export function pinTarget(tradingMode: TradingMode): Stage {
  return tradingMode === 'live' ? 'scaled_live' : 'paper'
}

/**
 * Reads a promotion bundle and proves that it lets this deployment pin its artifact, whenever that was promoted. Throws
 * `PinRefusedError` with the first thing that is wrong.
 */
export function verifyPromotion(source: string, value: unknown, context: PinContext): VerifiedPromotion {
  const read = readPromotionBundle(value)
  if (!read.ok) throw new PinRefusedError('evidence_broken', `${source}: ${read.code}: ${read.detail}`)
  const { parts } = read
  const { artifact_hash: artifactHash } = parts.promotion
  const approver = checkSignature(parts, context.approvers)
  checkTarget(parts, context.tradingMode)
  checkEvaluation(parts)
  checkArtifact(parts, context)
  // The bundle was parsed a moment ago; its shape is proved.
  return { artifactHash, parts, bundle: value as PromotionBundle, approver }
}

/** Throws `PinRefusedError` unless evaluation and approval still count at `asOf`. Only a first pin asks for it. */
export function checkFreshness({ evalReport, approval, promotion }: PromotionParts, asOf: Date): void {
  const now = asOf.getTime()
  const promotedMs = Date.parse(promotion.promoted_at)
  if (promotedMs > now + CLOCK_SKEW_MAX_MS)
    throw new PinRefusedError('promotion_in_future', `it was promoted at ${promotion.promoted_at}, which is still to come`)
  if (promotedMs - Date.parse(evalReport.evaluated_at) > EVALUATION_AGE_MAX_MS)
    throw new PinRefusedError('evaluation_stale', `the evaluation of ${evalReport.evaluated_at} was older than 24 hours when it was promoted`)
  if (now >= Date.parse(approval.expires_at))
    throw new PinRefusedError('approval_expired', `the approval expired at ${approval.expires_at}; promote again`)
}

/**
 * Finds who signed the approval; throws `PinRefusedError`. The key must be one of the very person the approval names: a
 * key of somebody else proves nothing about them.
 */
export function checkSignature({ approval }: PromotionParts, approvers: readonly Approver[]): Approver {
  const named = approvers.filter(({ subject }) => subject === approval.subject)
  const approver = named.find(({ key }) => key.keyId === approval.key_id)
  if (approver === undefined) {
    const known = named.length === 0 ? 'is no approver' : `has no key ${approval.key_id}`
    throw new PinRefusedError('approver_unknown', `${approval.subject} ${known} in the list of approvers`)
  }
  const signature = Buffer.from(approval.signature, 'base64url')
  if (isSignedBy(approver.key, approvalPayload(approval), signature)) return approver
  throw new PinRefusedError('signature_forged', `the approval is not signed by ${approval.subject}`)
}

function checkTarget({ promotion }: PromotionParts, tradingMode: TradingMode): void {
  const wanted = pinTarget(tradingMode)
  if (promotion.target === wanted) return
  const why = `it is promoted for ${promotion.target}, and a pin in ${tradingMode} needs ${wanted}`
  throw new PinRefusedError('target_mismatch', why)
}

/** The report's own word is not enough: each number that alone forbids a promotion is looked at. */
function checkEvaluation({ evalReport, promotion }: PromotionParts): void {
  const failed = evalReport.outcomes.filter(({ passed }) => !passed).map(({ gate }) => gate)
  const refuse = (why: string) => new PinRefusedError('evaluation_failed', why)
  if (failed.length > 0) throw refuse(`gates did not pass: ${failed.join(', ')}`)
  if (evalReport.gate_bypasses > 0) throw refuse(`${evalReport.gate_bypasses} verdicts bypassed a gate`)
  if (evalReport.void_rows > 0) throw refuse(`${evalReport.void_rows} rows were never scored`)
  const recommended = evalReport.promotion_recommendation
  if (recommended === 'hold' || rankOf(recommended) < rankOf(promotion.target))
    throw refuse(`the evaluation recommends ${recommended}, not ${promotion.target}`)
}

function rankOf(stage: Stage): number {
  return Stage.options.indexOf(stage)
}

/** Runs the checks a process makes before it serves: what it would refuse is not pinned in the first place. */
function checkArtifact({ artifact, promotion }: PromotionParts, { pins, tradingMode }: PinContext): void {
  const { env } = pins
  const verified = verifyArtifact(artifactBytes(artifact), promotion.artifact_hash, {
    programName: env['LLM_DSPY_PROGRAM_NAME'] ?? '',
    signatureVersion: env['LLM_DSPY_SIGNATURE_VERSION'] ?? '',
    model: env['LLM_MODEL'] ?? '',
    tradingMode,
    promotedFor: promotion.target,
  })
  if (!verified.ok)
    throw new PinRefusedError('artifact_unusable', `the service would not serve it: ${verified.code}: ${verified.detail}`)
}
