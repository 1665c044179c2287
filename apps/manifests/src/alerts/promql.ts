/** Counts reviews in a window of time; below this many a share of them says little (see `docs/runbooks/README.md`). */
export const ENOUGH_REVIEWS = 50

/**
 * Expressions over one scrape job. The job is always named: the service we succeed exports the same metric names, and a
 * sum over both would hide one behind the other.
 */
export class Series {
  readonly job: string

  constructor(job: string) {
    this.job = job
  }

  /** The series of a metric, narrowed by further matchers. */
  of(metric: string, ...matchers: string[]): string {
    return `${metric}{${[`job="${this.job}"`, ...matchers].join(',')}}`
  }

  /** How much a counter without labels grew in the window, over all replicas, restarts included. */
  grown(metric: string, window: string): string {
    return `sum(increase(${this.of(metric)}[${window}]))`
  }

  /**
   * How much counters with labels grew. A labelled series appears with its first event, which `increase` cannot see;
   * here a series that was not there before the window counts whole. A series that restarted counts from there.
   */
  appeared(metric: string, window: string, matchers: readonly string[], by = ''): string {
    const now = this.of(metric, ...matchers)
    const grouped = by === '' ? 'sum' : `sum by (${by}) `
    return `${grouped}((${now} - ${now} offset ${window} >= 0) or ${now})`
  }
}

/** One line per condition, all of which must hold, whatever labels they carry. */
export function all(first: string, ...others: string[]): string {
  return [first, ...others.map((condition) => `and on () (${condition})`)].join('\n')
}
