import { api, eventsAt, llm, perMinute, steady, stepEvery } from './alert-case.ts'
import type { AlertCase, Scenario } from './alert-case.ts'

const UP = api('up')
const INTERNAL = llm('fallback_total', 'cause="internal"')
const TIMEOUTS = llm('fallback_total', 'cause="gateway_timeout"')

/** Minutes the loop is away at the end of a story that began well. */
function awayFor(minutes: number, atMinutes: number): Scenario {
  return { atMinutes, series: { [UP]: `1+0x${atMinutes - minutes} 0+0x${minutes}` } }
}

/** Reviews at a steady pace of which a share fails by our own fault, and many more by the gateway's. */
function failing(reviews: number, share: number, minutes: number): Scenario {
  return {
    atMinutes: minutes,
    series: {
      [llm('requests_total')]: perMinute(reviews, minutes),
      [INTERNAL]: perMinute(reviews * share, minutes),
      [TIMEOUTS]: perMinute(reviews * 0.5, minutes),
    },
  }
}

const DAY = 24 * 60

export const availabilityCases: AlertCase[] = [
  // 1.44 % of an hour is 52 seconds.
  {
    alert: 'TorghutLoopBurnFastest',
    fires: awayFor(4, 120),
    quiet: { atMinutes: 120, series: { [UP]: '1+0x40 0+0x0 1+0x90' } },
  },
  { alert: 'TorghutReviewBurnFastest', fires: failing(20, 0.016, 120), quiet: failing(20, 0.013, 120) },
  { alert: 'TorghutLoopBurnFast', fires: awayFor(6, 6.5 * 60), quiet: awayFor(1, 6.5 * 60) },
  { alert: 'TorghutReviewBurnFast', fires: failing(20, 0.0065, 7 * 60), quiet: failing(20, 0.0055, 7 * 60) },
  {
    alert: 'TorghutLoopBurnSlow',
    fires: awayFor(90, DAY + 60),
    quiet: { atMinutes: DAY + 60, series: { [UP]: steady(1, DAY + 60) } },
  },
  {
    alert: 'TorghutReviewBurnSlow',
    fires: failing(2, 0.0035, DAY + 60),
    quiet: failing(2, 0.0025, DAY + 60),
  },
  {
    alert: 'TorghutLoopBurnSlowest',
    fires: awayFor(120, 3 * DAY + 60),
    quiet: { atMinutes: 3 * DAY + 60, series: { [UP]: steady(1, 3 * DAY + 60) } },
  },
  {
    alert: 'TorghutReviewBurnSlowest',
    fires: failing(2, 0.0015, 3 * DAY + 60),
    quiet: failing(2, 0.0008, 3 * DAY + 60),
  },
  {
    alert: 'TorghutReviewsFailLowTraffic',
    fires: {
      atMinutes: 390,
      series: { [llm('requests_total')]: stepEvery(6, 400), [INTERNAL]: eventsAt([200, 300], 400) },
    },
    quiet: {
      atMinutes: 390,
      series: { [llm('requests_total')]: stepEvery(6, 400), [INTERNAL]: eventsAt([200], 400) },
    },
  },
]
