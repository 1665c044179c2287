import { labelClass } from '@torghut/contracts'
import type { CountedShare, EvalScores } from '@torghut/contracts'

import { lowerBound, upperBound } from '../statistics/clopper-pearson.ts'
import type { EvalRow, RowAnswer } from './eval-row.ts'

/** What the five shares are counted from. */
export type ScoredRow = RowAnswer & Pick<EvalRow, 'label' | 'firstAnswerValid' | 'fallbackCause'>

/** True when the advice is of the label's class. No advice agrees with nothing. */
export function isAgreement({ advice, label }: Pick<ScoredRow, 'advice' | 'label'>): boolean {
  return advice !== null && labelClass(advice) === label
}

/**
 * The five shares, each with the end of its one-sided exact 95 % interval on the side that hurts. A fallback never
 * counts in the candidate's favour: it agrees with no label, is aligned with no veto, and is a false veto of a good
 * trade. Rows go by once, so any iterable will do.
 */
export function scoresOf(rows: Iterable<ScoredRow>): EvalScores {
  const counts = {
    schemaValidity: new Share(),
    agreement: new Share(),
    vetoAlignment: new Share(),
    falseVeto: new Share(),
    fallbackRate: new Share(),
  }
  for (const row of rows) {
    const isAsked = row.firstAnswerValid !== null
    const saysVeto = row.advice !== null && labelClass(row.advice) === 'veto'
    if (isAsked) counts.schemaValidity.count(row.firstAnswerValid === true)
    if (isAsked) counts.fallbackRate.count(row.fallbackCause !== null)
    counts.agreement.count(isAgreement(row))
    if (row.label === 'veto') counts.vetoAlignment.count(saysVeto)
    if (row.label === 'approve') counts.falseVeto.count(saysVeto || row.advice === null)
  }
  return {
    schema_validity: counts.schemaValidity.atLeast(),
    agreement: counts.agreement.atLeast(),
    veto_alignment: counts.vetoAlignment.atLeast(),
    false_veto: counts.falseVeto.atMost(),
    fallback_rate: counts.fallbackRate.atMost(),
  }
}

/** A share of rows: how many were counted, and how many of them were hits. */
export class Share {
  #hits = 0
  #rows = 0

  count(isHit: boolean): void {
    this.#rows += 1
    if (isHit) this.#hits += 1
  }

  /** With its lower end: for what should be often. */
  atLeast(): CountedShare {
    return { hits: this.#hits, rows: this.#rows, bound: lowerBound(this.#hits, this.#rows) }
  }

  /** With its upper end: for what should be rare. */
  atMost(): CountedShare {
    return { hits: this.#hits, rows: this.#rows, bound: upperBound(this.#hits, this.#rows) }
  }
}
