import type { ReviewEvaluation, Store } from '@torghut/artifact-store'
import { Timestamp } from '@torghut/contracts'
import { z } from 'zod'

/** The exchange's own day: what "today" means to a desk that trades US shares. */
export const EVALUATION_TIME_ZONE = 'America/New_York'

const Count = z.int().min(0)
const Share = z.number().min(0).max(1)

/** `GET /trading/llm-evaluation` (contract, 7): figures over the stored reviews of today's decisions. */
export const LlmEvaluation = z.strictObject({
  ok: z.literal(true),
  window: z.strictObject({
    timezone: z.string(),
    start: Timestamp,
    end: Timestamp,
    start_utc: Timestamp,
    end_utc: Timestamp,
  }),
  metrics: z.strictObject({
    total_reviews: Count,
    verdict_counts: z.strictObject({ approve: Count, veto: Count, adjust: Count, abstain: Count, escalate: Count, error: Count }),
    error_rate: Share,
    avg_confidence: Share.nullable(),
    tokens: z.strictObject({ prompt: Count, completion: Count, total: Count }),
    top_risk_flags: z.array(z.strictObject({ flag: z.string(), count: Count })),
    decision_contribution: z.strictObject({
      actionable_reviews: Count,
      contribution_events: Count,
      contribution_rate: Share,
      fallback_total: Count,
      fallback_rate: Share,
      deterministic_guardrail_total: Count,
      deterministic_guardrail_rate: Share,
    }),
    calibration_quality: z.strictObject({
      mean_confidence_gap: Share.nullable(),
      mean_uncertainty_alignment_error: Share.nullable(),
      mean_calibration_quality_score: Share.nullable(),
      high_uncertainty_rate: Share.nullable(),
      samples: Count,
    }),
  }),
})
export type LlmEvaluation = z.output<typeof LlmEvaluation>

/** Reads today's figures out of the stored rows. Throws `StoreUnavailableError`. */
export async function llmEvaluation(store: Pick<Store, 'evaluateReviews'>, now: Date): Promise<LlmEvaluation> {
  const found = await store.evaluateReviews({ now, timeZone: EVALUATION_TIME_ZONE })
  const { window, totalReviews: total, verdictCounts, avgConfidence, tokens, topRiskFlags } = found
  return {
    ok: true,
    window: {
      timezone: EVALUATION_TIME_ZONE,
      start: inZone(window.startAt, EVALUATION_TIME_ZONE),
      end: inZone(window.endAt, EVALUATION_TIME_ZONE),
      start_utc: window.startAt.toISOString(),
      end_utc: window.endAt.toISOString(),
    },
    metrics: {
      total_reviews: total,
      verdict_counts: verdictCounts,
      error_rate: rate(verdictCounts.error, total),
      avg_confidence: avgConfidence,
      tokens: { ...tokens, total: tokens.prompt + tokens.completion },
      top_risk_flags: topRiskFlags,
      decision_contribution: contributionOf(found),
      calibration_quality: calibrationOf(found),
    },
  }
}

function contributionOf({ totalReviews: total, verdictCounts, contribution }: ReviewEvaluation) {
  const { events, fallbacks, guardrails } = contribution
  const actionable = total - verdictCounts.error
  return {
    actionable_reviews: actionable,
    contribution_events: events,
    contribution_rate: rate(events, actionable),
    fallback_total: fallbacks,
    fallback_rate: rate(fallbacks, total),
    deterministic_guardrail_total: guardrails,
    deterministic_guardrail_rate: rate(guardrails, total),
  }
}

function calibrationOf({ calibration }: ReviewEvaluation) {
  return {
    mean_confidence_gap: calibration.meanConfidenceGap,
    mean_uncertainty_alignment_error: calibration.meanUncertaintyAlignmentError,
    mean_calibration_quality_score: calibration.meanQualityScore,
    high_uncertainty_rate: calibration.highUncertaintyRate,
    samples: calibration.samples,
  }
}

/** A share of nothing is 0, to six places. */
function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1e6) / 1e6
}

/** An instant as a clock in the zone shows it, with its offset: `2026-02-27T00:00:00-05:00`. */
function inZone(instant: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const named = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const offset = /^GMT([+-]\d\d:\d\d)$/.exec(named)?.[1] ?? '+00:00'
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))
  const shifted = new Date(instant.getTime() + (offset.startsWith('-') ? -minutes : minutes) * 60_000)
  return `${shifted.toISOString().slice(0, 19)}${offset}`
}
