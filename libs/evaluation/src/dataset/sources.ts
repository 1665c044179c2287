import { hashJson } from '@torghut/contracts'
import type { ReviewSubmission, SourceRef } from '@torghut/contracts'

import { compareInstants } from '../time/instants.ts'

/** A part of an input that somebody stated, and when; `eventAt` is null where nobody said. */
interface Part {
  path: string
  source: string
  eventAt: string | null
  value: unknown
}

/** Something about a row's sources that makes the whole set unusable. */
export interface LineageFault {
  path: string
  code: 'source_missing' | 'source_unnamed_time' | 'source_value_mismatch' | 'source_known_before_event'
}

/**
 * Where every part of an input is from and when it was true, as the input itself says. What the caller states about
 * itself (its decision, portfolio and positions) is of the decision's own instant. Parts without a time are left out
 * here, and `lineageFaults` finds them.
 */
export function sourcesOf(input: ReviewSubmission): SourceRef[] {
  return partsOf(input).flatMap(({ path, source, eventAt, value }) =>
    eventAt === null ? [] : [{ path, source, event_at: eventAt, known_at: eventAt, value_hash: hashJson(value) }],
  )
}

/** Parts of an input that say nothing about when they were true: nothing can be traced to them. */
export function untracedParts(input: ReviewSubmission): LineageFault[] {
  return partsOf(input).flatMap(({ path, eventAt }) =>
    eventAt === null ? [{ path, code: 'source_unnamed_time' as const }] : [],
  )
}

/** When each part of an input says it was true, without hashing anything. */
export function statedTimes(input: ReviewSubmission): { path: string; eventAt: string }[] {
  return partsOf(input).flatMap(({ path, eventAt }) => (eventAt === null ? [] : [{ path, eventAt }]))
}

/**
 * Every part without a source, with a source of another value, or one known before it happened. Empty: lineage is
 * complete.
 */
export function lineageFaults(input: ReviewSubmission, sources: readonly SourceRef[]): LineageFault[] {
  const named = new Map(sources.map((source) => [source.path, source]))
  const faults = partsOf(input).flatMap(({ path, eventAt, value }): LineageFault[] => {
    const source = named.get(path)
    if (source === undefined) return [{ path, code: eventAt === null ? 'source_unnamed_time' : 'source_missing' }]
    return source.value_hash === hashJson(value) ? [] : [{ path, code: 'source_value_mismatch' }]
  })
  const early = sources.filter(({ event_at, known_at }) => compareInstants(known_at, event_at) < 0)
  return [...faults, ...early.map(({ path }): LineageFault => ({ path, code: 'source_known_before_event' }))]
}

/** The parts of an input, by path. */
function partsOf({ request, gate_state: state, order }: ReviewSubmission): Part[] {
  const { decision, market } = request
  const own = (path: string, value: unknown): Part => ({ path, source: 'scheduler', eventAt: decision.event_ts, value })
  const parts: Part[] = [
    {
      path: 'request.decision',
      source: `strategy:${decision.strategy_id}`,
      eventAt: decision.event_ts,
      value: decision,
    },
    own('request.portfolio', request.portfolio),
    own('request.account', request.account),
    own('request.positions', request.positions),
    ...request.recent_decisions.map((recent, at) => ({
      path: `request.recent_decisions.${at}`,
      source: `strategy:${recent.strategy_id}`,
      eventAt: recent.created_at,
      value: recent,
    })),
    ...contextParts(request.market_context),
  ]
  if (order !== null) parts.push(own('order', order))
  if (market !== null)
    parts.push({ path: 'request.market', source: market.source ?? 'market', eventAt: market.as_of, value: market })
  if (state !== null) {
    const { reference_price: reference } = state
    parts.push({ path: 'gate_state', source: 'scheduler', eventAt: state.as_of, value: state })
    parts.push({
      path: 'gate_state.reference_price',
      source: reference.source,
      eventAt: reference.as_of,
      value: reference,
    })
  }
  return parts
}

/** Each domain, and each thing it cites. A domain that says it is missing was so when the bundle was made. */
function contextParts(context: ReviewSubmission['request']['market_context']): Part[] {
  if (context === null) return []
  return Object.entries(context.domains).flatMap(([name, block]) => {
    const path = `request.market_context.domains.${name}`
    const isAbsent = block.state === 'missing' || block.state === 'error'
    const eventAt = block.as_of ?? (isAbsent ? context.as_of_utc : null)
    const cited = block.citations.map((citation, at) => ({
      path: `${path}.citations.${at}`,
      source: citation.source,
      eventAt: citation.published_at,
      value: citation,
    }))
    return [{ path, source: `context:${name}`, eventAt, value: block }, ...cited]
  })
}
