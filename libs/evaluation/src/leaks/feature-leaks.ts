import type { DatasetRow, ResultLabel } from '@torghut/contracts'

import { freeFieldNames, numericFeatures } from '../split/features.ts'
import { ceilMs, floorMs } from '../time/instants.ts'
import { Correlation } from './correlation.ts'

/**
 * Correlation with the later result from which a feature is taken for the result itself; market features show tenths.
 */
const CORRELATION_MAX = 0.7

/** Rows without overlapping labels a correlation needs: chance then stays five deviations below the limit. */
const CORRELATED_ROWS_MIN = 50

/** Share of rows, and how many at least, in which a feature may equal the later exit price by chance. */
const EXIT_PRICE_SHARE_MAX = 0.3
const EXIT_PRICE_ROWS_MIN = 10

/** A price is compared with the entry when it lies within this fraction of it; anything else is no price. */
const PRICE_RANGE = 0.5

/** Names only a result, a label or a look ahead would have. */
const TELLING_NAME =
  /(^|_)(outcome|label|future|lookahead|forward_return|next_(open|close|bar|price|return)|net_result|realised)($|_)/

/** What is kept of one feature path: how it goes with the result, and how often it is the exit price. */
interface PathEvidence {
  correlations: Correlation[]
  rows: number
  exitPrices: number
}

/**
 * Looks for the result among the features: by name, by value, and by how well a feature foretells it. Correlations only
 * take rows whose labels do not overlap, symbol by symbol: slow features and overlapping labels go together by chance.
 */
export class FeatureLeaks {
  readonly #paths = new Map<string, PathEvidence>()
  readonly #openUntilMs = new Map<string, number>()

  /** Takes a row; tells at once what a single row proves. */
  add(row: DatasetRow): string[] {
    const named = freeFieldNames(row.input).filter((path) =>
      TELLING_NAME.test(snakeCase(path.slice(path.lastIndexOf('.') + 1))),
    )
    const result = row.labels.realised ?? row.labels.counterfactual
    if (result === null) return named
    const isApart = this.#isApart(row)
    const copied: string[] = []
    for (const { path, value } of numericFeatures(row.input)) {
      if (isResult(value, result)) copied.push(path)
      this.#learn(path, value, { result, side: row.action === 'buy' ? 1 : -1, isApart })
    }
    return [...named, ...copied]
  }

  /** Paths that all rows together prove to tell the result. */
  finish(): string[] {
    return [...this.#paths].filter(([, evidence]) => tellsResult(evidence)).map(([path]) => path)
  }

  /** True when the label of the symbol's last counted row had ended before this decision. */
  #isApart({ symbol, decided_at, label_ends_at }: DatasetRow): boolean {
    const openUntil = this.#openUntilMs.get(symbol) ?? -Infinity
    if (floorMs(decided_at) < openUntil) return false
    this.#openUntilMs.set(symbol, ceilMs(label_ends_at))
    return true
  }

  #learn(
    path: string,
    value: number,
    { result, side, isApart }: { result: ResultLabel; side: number; isApart: boolean },
  ): void {
    const evidence = this.#paths.get(path) ?? {
      correlations: Array.from({ length: 8 }, () => new Correlation()),
      rows: 0,
      exitPrices: 0,
    }
    this.#paths.set(path, evidence)
    const [entry, exit, net] = [Number(result.entry_price), Number(result.exit_price), Number(result.net)]
    evidence.rows += 1
    if (value === exit && exit !== entry) evidence.exitPrices += 1
    if (!isApart) return
    const moved = value / entry - 1
    const targets = [net, net * side, Math.sign(net), Math.sign(net) * side]
    targets.forEach((target, at) => {
      evidence.correlations[at]?.add(value, target)
      if (Math.abs(moved) < PRICE_RANGE) evidence.correlations[at + targets.length]?.add(moved, target)
    })
  }
}

/** A net or gross result has many digits: a feature that shares four of them and more is it. */
function isResult(value: number, { net, gross }: ResultLabel): boolean {
  return [net, gross].some(
    (text) => significantDigits(text) >= 4 && (value === Number(text) || value === -Number(text)),
  )
}

function significantDigits(decimal: string): number {
  return decimal
    .replace(/^-?0*\.?0*/, '')
    .replace('.', '')
    .replace(/0+$/, '').length
}

function tellsResult({ correlations, rows, exitPrices }: PathEvidence): boolean {
  if (exitPrices >= EXIT_PRICE_ROWS_MIN && exitPrices > EXIT_PRICE_SHARE_MAX * rows) return true
  return correlations.some((one) => one.rows >= CORRELATED_ROWS_MIN && Math.abs(one.value()) > CORRELATION_MAX)
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
}
