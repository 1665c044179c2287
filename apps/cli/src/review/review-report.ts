import type { ReviewAnswer } from '@torghut/contracts'
import Table from 'cli-table3'

import { plain } from '../terminal/plain.ts'

/** Widest column of evidence; the whole of it is in `--json`. */
const EVIDENCE_WIDTH = 70

/** A review as a person reads it: the verdict and why, what may be sent, who advised, and every gate's word. */
export function reviewReport(answer: ReviewAnswer): string {
  const facts = new Table({ style: { head: [], border: [] } })
  facts.push(
    ['verdict', answer.verdict],
    ['reason', answer.reason ?? 'every gate passed'],
    ['order to send', order(answer)],
    ['advice', advice(answer)],
    ['program', program(answer)],
    ['valid until', answer.valid_until],
    ['review', answer.review_id],
    ['decision', answer.trade_decision_id],
  )
  return [facts.toString(), gates(answer), ''].join('\n')
}

function order({ decision }: ReviewAnswer): string {
  if (decision === null) return 'none'
  const prices = [
    decision.limit_price && `limit ${decision.limit_price}`,
    decision.stop_price && `stop ${decision.stop_price}`,
  ]
  return [decision.qty, decision.order_type, ...prices.filter((price) => price !== null)].join(' ')
}

function advice(answer: ReviewAnswer): string {
  if (answer.llm_skipped !== null) return `not asked (${answer.llm_skipped})`
  if (answer.fallback !== null)
    return `fallback (${answer.fallback.cause}: ${plain(answer.fallback.detail, 120)})`
  if (answer.advice === null) return 'not asked (a gate had denied already)'
  return `${answer.advice.verdict}, confidence ${answer.advice.confidence}`
}

function program({ lineage }: ReviewAnswer): string {
  const name = `${lineage.program_name} (${lineage.artifact_kind ?? 'no artifact'})`
  return lineage.simulated ? `${name}, simulated model` : `${name}, ${plain(lineage.model, 60)}`
}

function gates({ outcomes }: ReviewAnswer): string {
  const table = new Table({ head: ['gate', 'outcome', 'evidence'], style: { head: [], border: [] } })
  for (const outcome of outcomes) {
    const evidence = Object.keys(outcome.evidence).length === 0 ? '' : JSON.stringify(outcome.evidence)
    table.push([outcome.gate, outcome.passed ? 'passed' : outcome.code, plain(evidence, EVIDENCE_WIDTH)])
  }
  return table.toString()
}
