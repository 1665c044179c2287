export type Unit = 'µs' | 'ms' | 'per second' | 'bytes'

/** One figure, once a round; the rounds of all figures of a benchmark are interleaved. */
export interface Measurement {
  what: string
  unit: Unit
  rounds: readonly number[]
  /** The measurement it is compared with, round by round. */
  against: string | null
}

export interface BenchOptions {
  rounds: number
  /** How long one function is called in one round. */
  microMs: number
  /** How long callers keep up a load in one round. */
  loadMs: number
  signal: AbortSignal
  /** Told what is being done, for people who wait. */
  say: (line: string) => void
}

export interface BenchResult {
  measurements: Measurement[]
  /** What a reader has to know to read the figures: counts of odd answers, sizes, sources. */
  notes: string[]
}

export interface Bench {
  name: string
  title: string
  /** What is compared with what, and what is not in the figures. */
  about: string
  /** Whether the answers come from the simulated model. */
  simulated: boolean
  run(options: BenchOptions): Promise<BenchResult>
}

export type BenchReport = Pick<Bench, 'name' | 'title' | 'about' | 'simulated'> & BenchResult
