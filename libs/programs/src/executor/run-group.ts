/** One of several pieces of work that may run side by side. It stops at its signal. */
export type GroupTask<Result> = (signal: AbortSignal) => Promise<Result>

/**
 * When a group is decided, seen from the results so far (in the order of the tasks, undefined where one is missing):
 * `all` at the first failure, `first` when a success has no open task before it, `majority` when no other answer can
 * catch up, `each` only when every task has ended.
 */
export type MergeStrategy = 'all' | 'first' | 'majority' | 'each'

export interface GroupOptions<Result> {
  /** Tasks at once; 1 or more. */
  limit: number
  merge: MergeStrategy
  signal: AbortSignal
  isSuccess: (result: Result) => boolean
  /** What a success votes for under `majority`; equal texts are equal answers. */
  voteOf?: (result: Result) => string
}

/**
 * Runs tasks side by side and gives their results in the order of the tasks, whichever ended first. Once the group is
 * decided its open tasks are aborted and its waiting ones never start; both leave undefined. A task that throws rejects
 * the group after all its siblings have stopped. Throws `RangeError` for a limit below 1.
 */
export async function runGroup<Result>(
  tasks: readonly GroupTask<Result>[],
  { limit, merge, signal, isSuccess, voteOf }: GroupOptions<Result>,
): Promise<(Result | undefined)[]> {
  if (!(limit >= 1)) throw new RangeError('Cannot run less than one task at a time')
  const decided = new AbortController()
  const either = AbortSignal.any([signal, decided.signal])
  const results: (Result | undefined)[] = tasks.map(() => undefined)
  let thrown: { error: unknown } | null = null
  let next = 0
  const work = async () => {
    while (next < tasks.length && !either.aborted) {
      const at = next
      next += 1
      try {
        const result = await tasks[at]?.(either)
        // What an aborted task still says depends on when it heard of it, so it is not listened to.
        if (decided.signal.aborted) return
        results[at] = result
      } catch (error) {
        thrown ??= { error }
      }
      if (thrown !== null || isDecided(merge, results, isSuccess, voteOf)) decided.abort()
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, tasks.length) }, work))
  if (thrown !== null) throw (thrown as { error: unknown }).error
  return results
}

function isDecided<Result>(
  merge: MergeStrategy,
  results: readonly (Result | undefined)[],
  isSuccess: (result: Result) => boolean,
  voteOf: ((result: Result) => string) | undefined,
): boolean {
  const ended = results.filter((result) => result !== undefined)
  switch (merge) {
    case 'each':
      return false
    case 'all':
      return !ended.every(isSuccess)
    case 'first': {
      const at = results.findIndex((result) => result === undefined || isSuccess(result))
      return at !== -1 && results[at] !== undefined
    }
    case 'majority': {
      const largest = majorityOf(results, isSuccess, voteOf)
      return largest !== null && largest.votes * 2 > results.length
    }
  }
}

/**
 * The answer most successes agree on: the first result of the largest group and its votes. Null without a success, and
 * on a tie: a committee that cannot agree has not answered.
 */
export function majorityOf<Result>(
  results: readonly (Result | undefined)[],
  isSuccess: (result: Result) => boolean,
  voteOf: (result: Result) => string = JSON.stringify,
): { result: Result; at: number; votes: number } | null {
  const groups = new Map<string, { result: Result; at: number; votes: number }>()
  for (const [at, result] of results.entries()) {
    if (result === undefined || !isSuccess(result)) continue
    const vote = voteOf(result)
    const group = groups.get(vote) ?? { result, at, votes: 0 }
    groups.set(vote, { ...group, votes: group.votes + 1 })
  }
  const [largest, runnerUp] = [...groups.values()].sort((a, b) => b.votes - a.votes)
  return largest === undefined || largest.votes === runnerUp?.votes ? null : largest
}
