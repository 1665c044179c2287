import { api, llm, perMinute, steady, stepEvery, worker } from './alert-case.ts'
import type { AlertCase } from './alert-case.ts'

/** The artifact the example deployment pins. */
export const PINNED = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)

const active = (hash: string, kind = 'compiled') =>
  api('torghut_active_artifact_info', `artifact_hash="${hash}",kind="${kind}"`)
const promoted = (hash: string) =>
  worker('torghut_promoted_artifact_info', `artifact_hash="${hash}",target="paper"`)
const fallbacks = (requests: number, errors: number) => ({
  [llm('requests_total')]: perMinute(requests, 120),
  [llm('error_total')]: perMinute(errors, 120),
})

export const routerCases: AlertCase[] = [
  {
    alert: 'TorghutFallbacks',
    fires: { atMinutes: 60, series: fallbacks(10, 0.6) },
    quiet: { atMinutes: 60, series: fallbacks(10, 0.4) },
  },
  {
    alert: 'TorghutFallbacksMany',
    fires: { atMinutes: 60, series: fallbacks(10, 1.1) },
    quiet: { atMinutes: 60, series: fallbacks(10, 0.9) },
  },
  {
    alert: 'TorghutFallbacksLowTraffic',
    fires: {
      atMinutes: 130,
      series: {
        [llm('requests_total')]: stepEvery(6, 140),
        [llm('error_total')]: '0+0x60 1+0x20 2+0x20 3+0x40',
      },
    },
    quiet: {
      atMinutes: 130,
      series: { [llm('requests_total')]: stepEvery(6, 140), [llm('error_total')]: '0+0x60 1+0x20 2+0x60' },
    },
  },
  {
    alert: 'TorghutActiveArtifactNotPinned',
    labels: { artifact_hash: OTHER },
    fires: { atMinutes: 20, series: { [active(OTHER)]: steady(1, 30) } },
    quiet: { atMinutes: 20, series: { [active(PINNED)]: steady(1, 30) } },
  },
  {
    alert: 'TorghutActiveArtifactNotPromoted',
    labels: { artifact_hash: PINNED },
    fires: { atMinutes: 20, series: { [active(PINNED)]: steady(1, 30), [promoted(OTHER)]: steady(1, 30) } },
    // Nothing is exported about promotions: there is nothing to compare with.
    quiet: { atMinutes: 20, series: { [active(PINNED)]: steady(1, 30) } },
  },
  {
    alert: 'TorghutTelemetryAbsent',
    labels: { job: 'torghut/torghut-review-api' },
    fires: { atMinutes: 20, series: { up: steady(1, 30) } },
    quiet: { atMinutes: 20, series: { [llm('requests_total')]: steady(0, 30) } },
  },
  {
    alert: 'TorghutStatusStale',
    fires: { atMinutes: 10, series: { [api('torghut_llm_guardrails_last_scrape_success')]: steady(0, 20) } },
    quiet: { atMinutes: 10, series: { [api('torghut_llm_guardrails_last_scrape_success')]: steady(1, 20) } },
  },
]
