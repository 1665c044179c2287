import { Bench } from 'tinybench'

import { BenchInvalidError } from '../errors.ts'
import type { BenchOptions } from '../bench.ts'
import { interleave } from './interleave.ts'
import type { Rounds } from './interleave.ts'

export type Latency = 'p50Us' | 'p99Us'

/** The share of a measurement that is spent before it, so that code is compiled when it counts. */
const WARM_UP_SHARE = 0.25

/** Times functions that run alone, in microseconds a call: one short run each, in interleaved rounds. */
export function measureFunctions(
  functions: Readonly<Record<string, () => unknown>>,
  { rounds, microMs, signal }: Pick<BenchOptions, 'rounds' | 'microMs' | 'signal'>,
): Promise<Map<string, Rounds<Latency>>> {
  const variants = Object.entries(functions).map(([name, work]) => [name, () => timeOne(name, work, microMs)] as const)
  return interleave<Latency>(new Map(variants), { rounds, signal })
}

async function timeOne(name: string, work: () => unknown, microMs: number): Promise<Record<Latency, number>> {
  const bench = new Bench({
    time: microMs,
    warmupTime: microMs * WARM_UP_SHARE,
    warmupIterations: 1,
    throws: true,
    timestampProvider: 'hrtimeNow',
  })
  bench.add(name, work)
  const [task] = await bench.run()
  if (task?.result.state !== 'completed') throw new BenchInvalidError(name, 'it did not run to its end')
  const { p50, p99 } = task.result.latency
  return { p50Us: p50 * 1000, p99Us: p99 * 1000 }
}
