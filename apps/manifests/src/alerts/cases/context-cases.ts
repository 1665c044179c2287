import { eventsAt, llm, perMinute, stepEvery } from './alert-case.ts'
import type { AlertCase } from './alert-case.ts'

const JUDGED = llm('gate_outcome_total', 'gate="market-context",passed="true"')
const STALE = llm('market_context_shadow_total', 'reason="market_context_stale"')
const POOR = llm('market_context_reason_total', 'reason="market_context_quality_low"')

export const contextCases: AlertCase[] = [
  {
    alert: 'TorghutContextStale',
    fires: { atMinutes: 60, series: { [JUDGED]: perMinute(10, 90), [STALE]: perMinute(1.1, 90) } },
    quiet: {
      atMinutes: 60,
      series: { [JUDGED]: perMinute(10, 90), [STALE]: perMinute(0.9, 90), [POOR]: perMinute(1, 90) },
    },
  },
  {
    alert: 'TorghutContextBad',
    fires: {
      atMinutes: 60,
      series: { [JUDGED]: perMinute(10, 90), [STALE]: perMinute(1.5, 90), [POOR]: perMinute(1.2, 90) },
    },
    quiet: { atMinutes: 60, series: { [JUDGED]: perMinute(10, 90), [POOR]: perMinute(2.4, 90) } },
  },
  {
    alert: 'TorghutContextBadLowTraffic',
    fires: {
      atMinutes: 190,
      series: { [JUDGED]: stepEvery(20, 200), [POOR]: eventsAt([60, 100, 140], 200) },
    },
    quiet: { atMinutes: 190, series: { [JUDGED]: stepEvery(20, 200), [POOR]: eventsAt([60, 100], 200) } },
  },
]
