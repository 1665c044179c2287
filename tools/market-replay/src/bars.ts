import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'

import { BarRowError } from './errors.ts'

/** One trading day of the index. Prices are in whole cents: the index is quoted so, the file's sixth digit is noise. */
export interface Bar {
  date: string
  closeAt: string
  openCents: number
  highCents: number
  lowCents: number
  closeCents: number
  volume: number
}

/**
 * Instant of a day's close used throughout, 21:00 UTC: 16:00 in New York in winter, an hour after the close in summer.
 * One fixed hour keeps the replay free of time zones and never lets a decision see a close before it happened.
 */
export const CLOSE_TIME_UTC = '21:00:00Z'

/** Reads the S&P 500 days (2000-01-03 to 2020-04-17) that `vega-datasets` ships. Throws `BarRowError` on a bad row. */
export function readSp500Bars(): Bar[] {
  const main = createRequire(import.meta.url).resolve('vega-datasets')
  return parseBars(readFileSync(new URL('../data/sp500-2000.csv', `file://${main}`), 'utf8'))
}

/** Parses `date,open,high,low,close,…,volume` rows; throws `BarRowError` on the first that cannot be true. */
export function parseBars(csv: string): Bar[] {
  const rows: unknown[] = parseRows(csv)
  const bars = rows.map((row, index) => toBar(row, index + FIRST_ROW_LINE))
  bars.forEach((bar, index) => {
    const previous = bars[index - 1]
    if (previous === undefined || bar.date > previous.date) return
    throw new BarRowError(index + FIRST_ROW_LINE, `"${bar.date}" does not follow "${previous.date}"`)
  })
  return bars
}

const FIRST_ROW_LINE = 2

const Price = z.string().regex(/^\d+(\.\d+)?$/).transform(Number).pipe(z.number().positive().max(1e9))

const Row = z.object({
  date: z.iso.date(),
  open: Price,
  high: Price,
  low: Price,
  close: Price,
  volume: z.string().regex(/^\d+$/).transform(Number),
})

function parseRows(csv: string): unknown[] {
  try {
    return parse(csv, { columns: true, skip_empty_lines: true })
  } catch (cause) {
    throw new BarRowError(lineOf(cause), cause instanceof Error ? cause.message : 'not CSV', { cause })
  }
}

function lineOf(cause: unknown): number {
  const lines = (cause as { lines?: unknown } | null)?.lines
  return typeof lines === 'number' ? lines : 1
}

function toBar(row: unknown, line: number): Bar {
  const parsed = Row.safeParse(row)
  if (!parsed.success) throw new BarRowError(line, describe(parsed.error))
  const { date, open, high, low, close, volume } = parsed.data
  if (high < Math.max(open, close, low)) throw new BarRowError(line, `high ${high} is not the highest price`)
  if (low > Math.min(open, close)) throw new BarRowError(line, `low ${low} is not the lowest price`)
  return {
    date,
    closeAt: `${date}T${CLOSE_TIME_UTC}`,
    openCents: toCents(open),
    highCents: toCents(high),
    lowCents: toCents(low),
    closeCents: toCents(close),
    volume,
  }
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
}

function toCents(price: number): number {
  return Math.round(price * 100)
}
