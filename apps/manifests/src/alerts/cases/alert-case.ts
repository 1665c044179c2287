/** What Prometheus has seen, minute by minute, and when it is asked. */
export interface Scenario {
  atMinutes: number
  series: Readonly<Record<string, string>>
}

/** One alert with a story in which it speaks and one, close by, in which it does not. */
export interface AlertCase {
  alert: string
  fires: Scenario
  quiet: Scenario
  /** Labels the expression itself brings. */
  labels?: Readonly<Record<string, string>>
}

const API_JOB = 'torghut/torghut-review-api'
const WORKER_JOB = 'torghut/torghut-lifecycle-worker'

/** A series of the one replica of the review API these stories need. */
export function api(metric: string, labels = ''): string {
  return `${metric}{job="${API_JOB}",pod="a"${labels === '' ? '' : `,${labels}`}}`
}

/** The same of the review plane's own metrics, without their prefix. */
export function llm(metric: string, labels = ''): string {
  return api(`torghut_trading_llm_${metric}`, labels)
}

/** A series of the lifecycle worker. */
export function worker(metric: string, labels = ''): string {
  return `${metric}{job="${WORKER_JOB}",pod="w"${labels === '' ? '' : `,${labels}`}}`
}

/** A counter that grows evenly. */
export function perMinute(growth: number, minutes: number): string {
  return `0+${growth}x${minutes}`
}

/** A gauge that stays where it is. */
export function steady(value: number, minutes: number): string {
  return `${value}+0x${minutes}`
}

/** A counter that takes one step every so many minutes, as at ten reviews an hour. */
export function stepEvery(everyMinutes: number, minutes: number): string {
  const steps = Array.from(
    { length: Math.ceil(minutes / everyMinutes) },
    (_, index) => `${index}+0x${everyMinutes - 1}`,
  )
  return steps.join(' ')
}

/** A labelled counter: absent until its first event, then one more at each of the given minutes. */
export function eventsAt(minutes: readonly number[], until: number): string {
  const [first = 0] = minutes
  const stretches = minutes.map(
    (minute, index) => `${index + 1}+0x${(minutes[index + 1] ?? until) - minute - 1}`,
  )
  return [...(first > 0 ? [`_x${first}`] : []), ...stretches].join(' ')
}
