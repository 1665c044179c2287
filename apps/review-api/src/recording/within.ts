/** What `within` answers when the time was over first. */
export const LATE = Symbol('late')

/** The work's result, or `LATE`. The work goes on; a failure of it after its time is nobody's any more. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T | typeof LATE> {
  const late = Promise.withResolvers<typeof LATE>()
  const timer = setTimeout(() => late.resolve(LATE), Math.max(0, timeoutMs))
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
