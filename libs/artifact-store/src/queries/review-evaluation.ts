import type { Pool } from 'pg'

/** The day that is evaluated, as instants: `endAt` is the next midnight in the zone and not part of it. */
export interface EvaluationWindow {
  startAt: Date
  endAt: Date
}

/** Figures over one day's reviews, as the endpoint of the service we succeed shows them (contract, 7). */
export interface ReviewEvaluation {
  window: EvaluationWindow
  totalReviews: number
  verdictCounts: { approve: number; veto: number; adjust: number; abstain: number; escalate: number; error: number }
  avgConfidence: number | null
  tokens: { prompt: number; completion: number }
  topRiskFlags: { flag: string; count: number }[]
  contribution: { events: number; fallbacks: number; guardrails: number }
  calibration: {
    meanConfidenceGap: number | null
    meanUncertaintyAlignmentError: number | null
    meanQualityScore: number | null
    highUncertaintyRate: number | null
    samples: number
  }
}

/**
 * Reads every figure of the day that `now` falls on in `timeZone` out of stored reviews, chosen by the time of their
 * decision. Shadow rows are left out: they answered nobody.
 */
export async function evaluateReviews(pool: Pool, { now, timeZone }: { now: Date; timeZone: string }): Promise<ReviewEvaluation> {
  const { rows } = await pool.query<EvaluationRow>(EVALUATION_SQL, [now.toISOString(), timeZone])
  const [row] = rows
  if (row === undefined) throw new TypeError('An aggregate answered no row')
  const { approve, veto, adjust, abstain, escalate, error } = row
  return {
    window: { startAt: row.start_at, endAt: row.end_at },
    totalReviews: row.total,
    verdictCounts: { approve, veto, adjust, abstain, escalate, error },
    avgConfidence: row.avg_confidence,
    tokens: { prompt: Number(row.tokens_prompt), completion: Number(row.tokens_completion) },
    topRiskFlags: row.top_risk_flags,
    contribution: { events: row.events, fallbacks: row.fallbacks, guardrails: row.guardrails },
    calibration: {
      meanConfidenceGap: row.confidence_gap,
      meanUncertaintyAlignmentError: row.alignment_error,
      meanQualityScore: row.quality_score,
      highUncertaintyRate: row.high_uncertainty,
      samples: row.samples,
    },
  }
}

interface EvaluationRow {
  start_at: Date
  end_at: Date
  total: number
  approve: number
  veto: number
  adjust: number
  abstain: number
  escalate: number
  error: number
  avg_confidence: number | null
  /** Sums are bigint, which the driver hands over as text. */
  tokens_prompt: string
  tokens_completion: string
  top_risk_flags: { flag: string; count: number }[]
  events: number
  fallbacks: number
  guardrails: number
  confidence_gap: number | null
  alignment_error: number | null
  quality_score: number | null
  high_uncertainty: number | null
  samples: number
}

/**
 * `answered` is what the program said itself: a fallback is certain of its veto by construction and would flatter every
 * mean. The verdict counts are the stored columns and may overlap (a fallback is an error and a veto); `events` counts
 * each answered row that changed or stopped an order once. A decision is reviewed after it happened, so a bound on
 * `created_at`, wide enough for any clock, spares the other months' partitions. 30 hours after midnight lie in the next
 * day, whether a day has 23, 24 or 25. Each `OFFSET 0` keeps the planner from parsing one row's bytes many times over.
 */
const EVALUATION_SQL = `
WITH today AS (
  SELECT date_trunc('day', $1::timestamptz, $2) AS start_at,
    date_trunc('day', date_trunc('day', $1::timestamptz, $2) + interval '30 hours', $2) AS end_at
), review AS NOT MATERIALIZED (
  SELECT verdict, reason, advice_verdict, confidence, tokens_prompt, tokens_completion, risk_flags, fallback_cause,
    response_bytes, advice_verdict IS NOT NULL AND fallback_cause IS NULL AS answered
  FROM llm_decision_reviews
  WHERE created_at >= (SELECT start_at FROM today) - interval '1 day' AND event_at >= (SELECT start_at FROM today)
    AND event_at < (SELECT end_at FROM today) AND shadow_of IS NULL
), flag AS (
  SELECT name AS flag, count(*)::int AS count FROM review, unnest(risk_flags) AS name
  GROUP BY name ORDER BY count(*) DESC, name COLLATE "C" LIMIT 5
), figures AS (
  SELECT count(*)::int AS total,
    count(*) FILTER (WHERE verdict = 'approve')::int AS approve,
    count(*) FILTER (WHERE verdict = 'veto')::int AS veto,
    count(*) FILTER (WHERE verdict = 'adjust')::int AS adjust,
    count(*) FILTER (WHERE advice_verdict = 'abstain')::int AS abstain,
    count(*) FILTER (WHERE advice_verdict = 'escalate')::int AS escalate,
    count(*) FILTER (WHERE fallback_cause IS NOT NULL)::int AS error,
    round(avg(confidence) FILTER (WHERE answered), 6)::float8 AS avg_confidence,
    coalesce(sum(tokens_prompt), 0) AS tokens_prompt,
    coalesce(sum(tokens_completion), 0) AS tokens_completion,
    count(*) FILTER (WHERE fallback_cause IS NULL AND (verdict <> 'approve' OR advice_verdict IN ('abstain', 'escalate')))::int
      AS events,
    count(*) FILTER (WHERE fallback_cause IS NOT NULL OR strpos(reason, '_fallback_') > 0)::int AS fallbacks,
    count(*) FILTER (WHERE guarded)::int AS guardrails,
    round(avg(abs(top - stated)), 6)::float8 AS confidence_gap,
    round(avg(abs(1 - stated - score)), 6)::float8 AS alignment_error,
    round(avg(quality_score) FILTER (WHERE quality_score BETWEEN 0 AND 1), 6)::float8 AS quality_score,
    round(avg((band = 'high')::int), 6)::float8 AS high_uncertainty,
    count(*) FILTER (WHERE answered)::int AS samples
  FROM (
    SELECT advised.*,
      (SELECT max(value::numeric) FROM jsonb_each_text(advice -> 'calibrated_probabilities')) AS top,
      (advice ->> 'confidence')::numeric AS stated,
      (advice -> 'uncertainty' ->> 'score')::numeric AS score,
      advice -> 'uncertainty' ->> 'band' AS band,
      CASE WHEN jsonb_typeof(advice -> 'calibration_metadata' -> 'quality_score') = 'number'
        THEN (advice -> 'calibration_metadata' ->> 'quality_score')::numeric END AS quality_score
    FROM (
      SELECT parsed.*, record -> 'advice' AS advice,
        jsonb_path_exists(record -> 'outcomes', '$[*].evidence.guardrail_reasons ? (@.type() == "string")') AS guarded
      FROM (
        SELECT review.*, CASE WHEN answered THEN convert_from(response_bytes, 'UTF8')::jsonb END AS record
        FROM review OFFSET 0
      ) AS parsed OFFSET 0
    ) AS advised OFFSET 0
  ) AS judged
)
SELECT today.*, figures.*,
  coalesce((SELECT json_agg(json_build_object('flag', flag, 'count', count) ORDER BY count DESC, flag COLLATE "C") FROM flag),
    '[]') AS top_risk_flags
FROM today, figures`
