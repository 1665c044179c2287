import { ProblemError } from '../http/problems.ts'

/** Shortest deadline a caller may ask for, in milliseconds. */
const DEADLINE_MIN_MS = 50

/** Time on top of the program's own budget that gates and the record may take, in milliseconds. */
const OVERHEAD_MS = 2_000

/** The part of a deadline that is never given to the program: gates, the record and the answer need it. */
const RESERVE_SHARE = 0.2
const RESERVE_MAX_MS = 500

/** One deadline covers a review from receipt to answer. Times are monotonic milliseconds. */
export interface Deadline {
  totalMs: number
  remainingMs(): number
  /** What the program may use from now on. */
  programMs(): number
}

/** Starts a deadline at receipt: what the caller asks for, capped by what the environment allows. */
export function startDeadline(header: string | undefined, programTimeoutMs: number, monotonic: () => number): Deadline {
  const longest = programTimeoutMs + OVERHEAD_MS
  const totalMs = Math.min(header === undefined ? longest : readHeader(header), longest)
  const startedAt = monotonic()
  const reserveMs = Math.min(RESERVE_MAX_MS, totalMs * RESERVE_SHARE)
  const remainingMs = () => Math.max(0, startedAt + totalMs - monotonic())
  return {
    totalMs,
    remainingMs,
    programMs: () => Math.floor(Math.min(programTimeoutMs, Math.max(0, remainingMs() - reserveMs))),
  }
}

function readHeader(header: string): number {
  const value = /^\d{1,9}$/.test(header) ? Number(header) : Number.NaN
  if (value >= DEADLINE_MIN_MS) return value
  throw new ProblemError({
    status: 400,
    code: 'invalid_deadline',
    detail: `X-Deadline-Ms must be a whole number of milliseconds, ${DEADLINE_MIN_MS} or more`,
  })
}
