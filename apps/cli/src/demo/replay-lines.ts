import { z } from 'zod'

const Counts = z.record(z.string(), z.number())
const Percentiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() })
const DeskScores = z.object({
  reviewed: z.number(),
  labels: Counts,
  agreement: z.number().nullable(),
  veto_alignment: z.number().nullable(),
  false_veto: z.number().nullable(),
})
const Results = z.record(z.string(), z.object({ count: z.number(), mean_net: z.number(), hit_rate: z.number() }))

/** What the replay prints: progress while it runs, and a summary at the end. Only what the report shows is read. */
export const ReplayLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.number(), total: z.number(), date: z.string(), verdicts: Counts }),
  z.object({
    type: z.literal('summary'),
    decisions: z.number(),
    entries: z.number(),
    exits: z.number(),
    simulated: z.boolean(),
    verdicts: Counts,
    entry_verdicts: Counts,
    reasons: Counts,
    gates: z.record(z.string(), z.object({ passed: z.number(), failed: z.number() })),
    llm_skipped: Counts,
    exits_not_skipped: z.number(),
    fallback_causes: Counts,
    unavailable: z.number(),
    latency_ms: z.object({ client: Percentiles, server: Percentiles }),
    desk: DeskScores,
    results_agreement: z.number().nullable(),
    results: Results,
    periods: z.array(
      z.object({ period: z.string(), mood: z.string(), entries: z.number(), verdicts: Counts, desk: DeskScores, results: Results }),
    ),
    request_hash: z.string(),
  }),
])
export type ReplayLine = z.output<typeof ReplayLine>
export type ReplaySummary = Extract<ReplayLine, { type: 'summary' }>
export type ReplayProgress = Extract<ReplayLine, { type: 'progress' }>
