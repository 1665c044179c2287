import { GCProfiler } from 'node:v8'

/** Enough calls that what the profiler itself allocates does not show. */
const CALLS = 5_000

/**
 * Bytes of heap that one call allocates, on average: what the heap grew by, plus what the collector took away
 * meanwhile. Memory outside the heap (buffers) is not counted.
 */
export function allocatedBytes(work: () => unknown): number {
  for (let call = 0; call < CALLS; call += 1) work()
  const profiler = new GCProfiler()
  profiler.start()
  const before = process.memoryUsage().heapUsed
  for (let call = 0; call < CALLS; call += 1) work()
  const grown = process.memoryUsage().heapUsed - before
  const collections = profiler.stop().statistics
  const collected = collections.reduce((sum, { beforeGC, afterGC }) => {
    return sum + beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize
  }, 0)
  return (grown + collected) / CALLS
}
