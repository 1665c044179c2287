import { AsyncLocalStorage } from 'node:async_hooks'

import type { Context } from '@opentelemetry/api'

/** What every log line of a request carries once it is known. */
export interface RequestFacts {
  requestId: string
  traceId?: string
  tradeDecisionId?: string
  reviewId?: string
}

/** Where code runs: for which request (null outside of one), and under which span. */
export interface Scope {
  facts: RequestFacts | null
  context: Context
}

const scopes = new AsyncLocalStorage<Scope>()

export function currentScope(): Scope | undefined {
  return scopes.getStore()
}

/** Runs `run` and all it awaits in a scope. */
export function runInScope<Result>(scope: Scope, run: () => Result): Result {
  return scopes.run(scope, run)
}

/** A copy of what is known of the request being served; empty outside of one. */
export function currentFacts(): Partial<RequestFacts> {
  return { ...scopes.getStore()?.facts }
}

/** Adds what became known of the request being served; without one, nothing happens. */
export function noteFacts(facts: Omit<Partial<RequestFacts>, 'requestId'>): void {
  const known = scopes.getStore()?.facts
  if (known != null) Object.assign(known, facts)
}
