/** The pairs a check compares, in the order a change travels from the code to what serves. */
export const PAIRS = {
  'schema-manifest': 'schema = manifest',
  'generated-committed': 'generated = committed',
  'committed-live': 'committed = live',
  'committed-running': 'committed = running',
  'live-running': 'live = running',
  'pinned-promoted': 'pinned = promoted',
  'running-promoted': 'running = promoted',
} as const
export type PairId = keyof typeof PAIRS

/** One way in which a pair differs, for the person who mends it. */
export interface Finding {
  message: string
  /** The file to look at, relative to the repository; the line counts from 1. */
  file: string | null
  line: number | null
  /** A unified diff, where both sides have text. */
  diff: string | null
}

/** What was found about one pair. `notes` are said and change nothing; without a reason a pair was compared. */
export interface Comparison {
  pair: PairId
  notCompared: string | null
  findings: Finding[]
  notes: string[]
}

/** A pair that was compared. */
export function compared(pair: PairId, findings: Finding[], notes: string[] = []): Comparison {
  return { pair, notCompared: null, findings, notes }
}

/** A pair for which one side was not given. */
export function notCompared(pair: PairId, reason: string): Comparison {
  return { pair, notCompared: reason, findings: [], notes: [] }
}

/** A finding without text on both sides. */
export function finding(message: string, file: string | null = null, line: number | null = null): Finding {
  return { message, file, line, diff: null }
}
