import { setTimeout as sleep } from 'node:timers/promises'

import type { AgentRunRequest } from '@torghut/contracts'

import { RunRefusedError } from '../errors.ts'

/** How one run was taken: as a new one, as one that was there already, or as one that is under way. */
export type Taken = 'created' | 'repeated' | 'under way'

export interface PostTarget {
  /** Origin of the review API. */
  apiUrl: string
  apiKey: string
  /** All of it: calls, waits and retries, in milliseconds. */
  deadlineMs: number
  /** Shortest wait before another try, in milliseconds; a server may ask for more. */
  retryMs: number
}

/** Longest a server may ask us to wait before we try again. */
const RETRY_AFTER_MAX_MS = 60_000

/** One call may take this long. */
const CALL_MS = 20_000

/** Longest answer that is looked at for its reason, in characters. */
const REASON_LENGTH_MAX = 300

/**
 * Posts a run under its key and tries again while the server is away, busy or not the leader. Throws `RunRefusedError`
 * for an answer that another try would not change, and when the time is up.
 */
export async function postRun(request: AgentRunRequest, target: PostTarget): Promise<Taken> {
  const endAtMs = performance.now() + target.deadlineMs
  for (;;) {
    const answer = await call(request, target, endAtMs - performance.now())
    if (answer.taken !== null) return answer.taken
    const waitMs = Math.max(answer.retryAfterMs ?? 0, target.retryMs)
    if (!answer.mayRetry || performance.now() + waitMs >= endAtMs)
      throw new RunRefusedError(request.idempotencyKey, answer.reason)
    await sleep(waitMs)
  }
}

interface Answer {
  taken: Taken | null
  mayRetry: boolean
  reason: string
  retryAfterMs: number | null
}

async function call(
  request: AgentRunRequest,
  { apiUrl, apiKey }: PostTarget,
  leftMs: number,
): Promise<Answer> {
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(Math.min(CALL_MS, leftMs))))
  try {
    const response = await fetch(new URL('/v1/agent-runs', apiUrl), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${apiKey}`,
        'idempotency-key': request.idempotencyKey,
      },
      body: JSON.stringify(request),
      redirect: 'error',
      signal,
    })
    return judge(response.status, response.headers.get('retry-after'), await response.text())
  } catch (error) {
    return {
      taken: null,
      mayRetry: true,
      reason: `no answer: ${(error as Error).message}`,
      retryAfterMs: null,
    }
  }
}

/** 409 means that the run of this key is being worked on: what was wanted is happening. */
function judge(status: number, retryAfter: string | null, text: string): Answer {
  const taken = status === 201 ? 'created' : status === 200 ? 'repeated' : status === 409 ? 'under way' : null
  const seconds = /^\d{1,5}$/.test(retryAfter ?? '') ? Number(retryAfter) : null
  return {
    taken,
    mayRetry: status === 429 || status >= 500,
    reason: `${status} ${text.slice(0, REASON_LENGTH_MAX)}`,
    retryAfterMs: seconds === null ? null : Math.min(seconds * 1000, RETRY_AFTER_MAX_MS),
  }
}
