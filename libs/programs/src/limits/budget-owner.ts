import { FairQueue } from './fair-queue.ts'

/** What the process shares among its runs: calls in flight, and the tokens they are expected to use. */
export interface SharedBudget {
  calls: number
  tokens: number
}

export interface BudgetOwnerOptions {
  /** Most that may be granted at once. */
  bounds: SharedBudget
  /** Most requests that may wait for a grant, over all tenants. */
  waitingMax: number
  /** Shares by tenant, above zero; 1 for a tenant without one. */
  weights?: ReadonlyMap<string, number>
  /** A monotonic clock in milliseconds. */
  now: () => number
  /** Calls `wake` once after a delay, unless it is cancelled with what this returns. */
  setTimer: (delayMs: number, wake: () => void) => () => void
}

export interface RunTerms {
  tenant: string
  /** The run's deadline on the owner's clock. Whatever it still holds then is taken back: the run has crashed. */
  endsAtMs: number
  /** Ends the run here when it aborts. */
  signal?: AbortSignal
}

/** Leave to make calls, until it is given back or its run ends. */
export interface Grant extends Readonly<SharedBudget> {
  readonly ok: true
}

/** No leave. A value and no exception: the step fails as `overloaded`, which may be tried again. */
export interface BudgetRefused {
  readonly ok: false
  /** `too_large`: more than there is in all. `queue_full`: too many wait. The others: whoever asked has gone. */
  readonly reason: 'too_large' | 'queue_full' | 'run_ended' | 'aborted'
  /** What is short; `calls` when both are. */
  readonly budget: keyof SharedBudget
  /** When there is room again at the latest, if nobody else comes; null when waiting does not help. */
  readonly retryAfterMs: number | null
}

/** One run's way to its share. */
export interface RunAllowance {
  /** Waits its turn; resolves at once when it is refused. Throws `RangeError` for an amount below zero. */
  acquire(need: SharedBudget, signal?: AbortSignal): Promise<Grant | BudgetRefused>
  /** Ends a grant; a second time does nothing. */
  giveBack(grant: Grant): void
  /** Gives back everything and refuses what waits; repeatable. Belongs into a `finally`. */
  end(): void
}

interface Run extends RunTerms {
  grants: Set<Grant>
  ended: boolean
  stopListening: () => void
}

interface Waiter {
  run: Run
  tenant: string
  need: SharedBudget
  /** Share of the scarcer budget it asks for (dominant resource fairness, Ghodsi et al., 2011). */
  cost: number
  settle: (answer: Grant | BudgetRefused) => void
}

/**
 * The one owner of what all runs of a process share. Grants are never above the bounds, go round by tenant and
 * weight, and come back on the end, the abort, or at the latest the deadline of their run. Nobody overtakes whose
 * turn it is, so that large requests are not starved by small ones.
 */
export class BudgetOwner {
  readonly #options: BudgetOwnerOptions
  readonly #queue: FairQueue<Waiter>
  readonly #runs = new Set<Run>()
  #cancelTimer: (() => void) | null = null

  /** Throws `RangeError` for a weight that is not above zero. */
  constructor(options: BudgetOwnerOptions) {
    this.#options = options
    this.#queue = new FairQueue(options.weights ?? new Map())
  }

  /** Makes a run known. It has to be ended, whatever becomes of it. */
  openRun(terms: RunTerms): RunAllowance {
    const run: Run = { ...terms, grants: new Set(), ended: false, stopListening: () => {} }
    const end = () => this.#end([run], 'run_ended')
    this.#runs.add(run)
    if (terms.signal !== undefined) run.stopListening = listen(terms.signal, end)
    return {
      acquire: (need, signal) => this.#acquire(run, need, signal),
      giveBack: (grant) => {
        if (run.grants.delete(grant)) this.#serve()
      },
      end,
    }
  }

  /** What is granted and how many wait, for metrics. */
  held(): SharedBudget & { waiting: number } {
    this.#sweep()
    return { ...this.#granted(), waiting: this.#queue.size }
  }

  async #acquire(run: Run, need: SharedBudget, signal?: AbortSignal): Promise<Grant | BudgetRefused> {
    if (!(need.calls >= 0 && need.tokens >= 0)) throw new RangeError('Cannot grant an amount below zero')
    this.#sweep()
    if (run.ended) return this.#refuse('run_ended', need)
    if (signal?.aborted === true) return this.#refuse('aborted', need)
    if (lacks(need, this.#options.bounds) !== null) return this.#refuse('too_large', need)
    return await this.#wait(run, need, signal)
  }

  #wait(run: Run, need: SharedBudget, signal?: AbortSignal): Promise<Grant | BudgetRefused> {
    const { promise, resolve } = Promise.withResolvers<Grant | BudgetRefused>()
    let stopListening = () => {}
    const settle = (answer: Grant | BudgetRefused) => {
      stopListening()
      resolve(answer)
    }
    const waiter: Waiter = { run, tenant: run.tenant, need, cost: this.#costOf(need), settle }
    if (signal !== undefined) stopListening = listen(signal, () => this.#withdraw(waiter))
    this.#queue.push(waiter)
    this.#serve()
    if (this.#queue.size > this.#options.waitingMax) {
      const dropped = this.#queue.dropLast()
      dropped?.settle(this.#refuse('queue_full', dropped.need))
      this.#serve()
    }
    return promise
  }

  #withdraw(waiter: Waiter): void {
    for (const left of this.#queue.remove((other) => other === waiter)) left.settle(this.#refuse('aborted', left.need))
    this.#serve()
  }

  /** Grants in turn until the next request does not fit. */
  #serve(): void {
    const free = this.#free()
    for (;;) {
      const next = this.#queue.peek()
      if (next === undefined || lacks(next.need, free) !== null) break
      this.#queue.shift()
      const grant: Grant = { ok: true, calls: next.need.calls, tokens: next.need.tokens }
      next.run.grants.add(grant)
      free.calls -= grant.calls
      free.tokens -= grant.tokens
      next.settle(grant)
    }
    this.#watchDeadlines()
  }

  /** Takes back what crashed runs hold. */
  #sweep(): void {
    const nowMs = this.#options.now()
    const over = [...this.#runs].filter(({ endsAtMs }) => endsAtMs <= nowMs)
    if (over.length > 0) this.#end(over, 'run_ended')
  }

  #end(runs: readonly Run[], reason: BudgetRefused['reason']): void {
    for (const run of runs) {
      run.ended = true
      run.stopListening()
      this.#runs.delete(run)
    }
    const waiting = this.#queue.remove(({ run }) => run.ended)
    for (const { settle, need } of waiting) settle(this.#refuse(reason, need))
    this.#serve()
  }

  /** While somebody waits, deadlines are kept without anybody asking. */
  #watchDeadlines(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    if (this.#queue.size === 0) return
    const nextMs = Math.min(...[...this.#runs].map(({ endsAtMs }) => endsAtMs))
    const delayMs = Math.max(0, nextMs - this.#options.now())
    this.#cancelTimer = this.#options.setTimer(delayMs, () => {
      this.#sweep()
      this.#watchDeadlines()
    })
  }

  #refuse(reason: BudgetRefused['reason'], need: SharedBudget): BudgetRefused {
    const free = this.#free()
    // What fits and was refused all the same stands behind somebody who does not fit.
    const ahead = this.#queue.peek()?.need ?? need
    const budget = lacks(need, this.#options.bounds) ?? lacks(need, free) ?? lacks(ahead, free) ?? 'calls'
    return { ok: false, reason, budget, retryAfterMs: reason === 'queue_full' ? this.#roomAfterMs(need) : null }
  }

  /** Until enough deadlines have passed for a request to fit. */
  #roomAfterMs(need: SharedBudget): number {
    const free = this.#free()
    const nowMs = this.#options.now()
    let untilMs = nowMs
    for (const run of [...this.#runs].toSorted((a, b) => a.endsAtMs - b.endsAtMs)) {
      if (lacks(need, free) === null) break
      for (const grant of run.grants) add(free, grant)
      untilMs = run.endsAtMs
    }
    return Math.max(0, untilMs - nowMs)
  }

  #costOf({ calls, tokens }: SharedBudget): number {
    const { bounds } = this.#options
    return Math.max(calls / Math.max(bounds.calls, 1), tokens / Math.max(bounds.tokens, 1))
  }

  #granted(): SharedBudget {
    const granted = { calls: 0, tokens: 0 }
    for (const run of this.#runs) for (const grant of run.grants) add(granted, grant)
    return granted
  }

  #free(): SharedBudget {
    const { calls, tokens } = this.#granted()
    const { bounds } = this.#options
    return { calls: bounds.calls - calls, tokens: bounds.tokens - tokens }
  }
}

/** Runs some work with an allowance that ends with it, also when the work throws. */
export async function withAllowance<T>(
  owner: BudgetOwner,
  terms: RunTerms,
  work: (allowance: RunAllowance) => Promise<T>,
): Promise<T> {
  const allowance = owner.openRun(terms)
  try {
    return await work(allowance)
  } finally {
    allowance.end()
  }
}

function lacks(need: SharedBudget, free: SharedBudget): keyof SharedBudget | null {
  if (need.calls > free.calls) return 'calls'
  return need.tokens > free.tokens ? 'tokens' : null
}

function add(sum: SharedBudget, { calls, tokens }: SharedBudget): void {
  sum.calls += calls
  sum.tokens += tokens
}

/** Hears an abort once, also one that has happened; returns how to stop listening. */
function listen(signal: AbortSignal, heard: () => void): () => void {
  if (signal.aborted) {
    heard()
    return () => {}
  }
  signal.addEventListener('abort', heard, { once: true })
  return () => signal.removeEventListener('abort', heard)
}
