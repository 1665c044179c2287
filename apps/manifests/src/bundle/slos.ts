import { ENOUGH_REVIEWS } from '../alerts/promql.ts'
import { sumOf } from '../rollback/prometheus-text.ts'
import type { Sample } from '../rollback/prometheus-text.ts'
import type { Slo } from './governance-bundle.ts'

/** Causes of a fallback that are ours alone, as the availability alerts count them. */
const OWN_CAUSE = /^(artifact_.+|internal|overloaded|resource_exceeded)$/

const PREFIX = 'torghut_trading_llm_'

/** Shares of the reviews of one scrape with the most they may be: the paging limits of the alerts. */
const SHARES: readonly { slo: string; max: number; count: (samples: readonly Sample[]) => number | undefined }[] = [
  {
    slo: 'reviews that failed for reasons of our own',
    max: 0.001,
    // A labelled series appears with its first event: none at all is a count of nothing.
    count: (samples) => sumOf(samples, `${PREFIX}fallback_total`, ({ cause = '' }) => OWN_CAUSE.test(cause)) ?? 0,
  },
  { slo: 'reviews that ended in the fallback', max: 0.05, count: (samples) => sumOf(samples, `${PREFIX}error_total`) },
  {
    slo: 'answers that broke the schema',
    max: 0.005,
    count: (samples) => add(sumOf(samples, `${PREFIX}parse_error_total`), sumOf(samples, `${PREFIX}validation_error_total`)),
  },
]

/**
 * What one scrape says about the objectives. What a scrape cannot say is unmeasured, with the place to look, and never
 * typed in. Without a scrape everything is.
 */
export function judgeSlos(samples: readonly Sample[] | null, timeoutSeconds: number): Slo[] {
  const shares = SHARES.map(({ slo, max, count }): Slo => {
    const objective = `at most ${percent(max)}`
    if (samples === null) return { slo, objective, status: 'unmeasured', detail: NO_SCRAPE }
    return { slo, objective, ...judgeShare(count(samples), sumOf(samples, `${PREFIX}requests_total`), max) }
  })
  return [
    {
      slo: 'the review loop answers',
      objective: '99.9 % of the time, over 30 days',
      status: 'unmeasured',
      detail: 'One scrape cannot say it: Prometheus does, by the recording torghut:review_loop:up and the alerts TorghutLoopBurn…',
    },
    ...shares,
    judgeLatency(samples, timeoutSeconds),
  ]
}

const NO_SCRAPE = 'No metrics were handed in (--metrics)'

function judgeShare(hits: number | undefined, reviews: number | undefined, max: number): Pick<Slo, 'status' | 'detail'> {
  if (hits === undefined || reviews === undefined) return { status: 'unmeasured', detail: 'The scrape does not count it' }
  const detail = `${hits} of ${reviews} reviews`
  if (reviews < ENOUGH_REVIEWS) return { status: 'unmeasured', detail: `${detail}: below ${ENOUGH_REVIEWS} a share says little` }
  return { status: hits / reviews <= max ? 'met' : 'missed', detail }
}

/** The bucket that holds the 95th of a hundred reviews: its upper bound is what is known. */
function judgeLatency(samples: readonly Sample[] | null, timeoutSeconds: number): Slo {
  const facts = { slo: 'time of a review, 95th percentile', objective: `within ${timeoutSeconds} s (LLM_DSPY_TIMEOUT_SECONDS)` }
  if (samples === null) return { ...facts, status: 'unmeasured', detail: NO_SCRAPE }
  const buckets = new Map<number, number>()
  for (const { name, labels, value } of samples) {
    if (name !== `${PREFIX}review_duration_seconds_bucket`) continue
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le'])
    buckets.set(bound, (buckets.get(bound) ?? 0) + value)
  }
  const total = buckets.get(Infinity) ?? 0
  if (total < ENOUGH_REVIEWS) return { ...facts, status: 'unmeasured', detail: `${total} reviews: below ${ENOUGH_REVIEWS} a percentile says little` }
  const bounds = [...buckets.keys()].toSorted((left, right) => left - right)
  const bound = bounds.find((upper) => (buckets.get(upper) ?? 0) >= 0.95 * total) ?? Infinity
  return { ...facts, status: bound <= timeoutSeconds ? 'met' : 'missed', detail: `at most ${bound} s of ${total} reviews` }
}

function add(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : left + right
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`
}
