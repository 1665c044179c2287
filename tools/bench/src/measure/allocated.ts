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
  const collected = profiler
    .stop()
    .statistics.map(({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize)
  return (grown + collected.reduce((sum, bytes) => sum + bytes, 0)) / CALLS
}
