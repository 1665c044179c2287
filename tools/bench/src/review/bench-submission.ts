import { parseReviewSubmission } from '@torghut/contracts'
import type { ReviewSubmission } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'

import { BenchInvalidError } from '../errors.ts'

/** The body of a review of new risk that nothing speaks against, so that no gate is left out. */
export function benchBody(decisionId: string) {
  const body = exampleSubmission()
  const { market_context: context } = body.request
  const domains = Object.entries(context.domains).map(([name, domain]) => [name, { ...domain, riskFlags: [] }])
  const clean = { ...context, riskFlags: [], domains: Object.fromEntries(domains) }
  return { ...body, trade_decision_id: decisionId, request: { ...body.request, market_context: clean } }
}

/** Reads a body as the API does. Throws `BenchInvalidError`. */
export function parseBody(body: unknown) {
  const parsed = parseReviewSubmission(body)
  if (!parsed.ok) throw new BenchInvalidError('a review', `its body is refused: ${JSON.stringify(parsed.issues)}`)
  return parsed
}

/** The same decision the other way round: it sells half of a position, which a review proves and lets go. */
export function exitSubmission(decisionId: string): ReviewSubmission {
  const body = benchBody(decisionId)
  const { decision, portfolio } = body.request
  const positions = [{ symbol: decision.symbol, qty: '20' }]
  return parseBody({
    ...body,
    request: {
      ...body.request,
      decision: { ...decision, action: 'sell' },
      portfolio: { ...portfolio, positions },
      positions,
    },
  }).submission
}
