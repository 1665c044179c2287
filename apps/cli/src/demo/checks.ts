import { openStore } from '@torghut/artifact-store'

import type { ReplaySummary } from './replay-lines.ts'

/** One thing the demo proves about itself. */
export interface DemoCheck {
  name: string
  passed: boolean
  found: string
}

/** Fewest decisions a run of all entries must post; a smaller run must post what it was asked for. */
const DECISIONS_MIN = 500

/** Looks at what is stored, not at what was answered: every decision has its row, and the chain of rows is whole. */
export async function checkDemo(databaseUrl: string, summary: ReplaySummary, asked: string): Promise<DemoCheck[]> {
  const store = await openStore({ applicationUrl: databaseUrl, applicationName: 'torghut-demo-check' })
  try {
    const chains = await Promise.all((await store.listWriters()).map((writer) => store.verifyChain(writer.writerId)))
    const rows = chains.reduce((sum, chain) => sum + chain.rows, 0)
    const decisionsMin = asked === 'all' ? DECISIONS_MIN : Math.min(DECISIONS_MIN, Number(asked))
    return [
      { name: `at least ${decisionsMin} decisions`, passed: summary.decisions >= decisionsMin, found: `${summary.decisions}` },
      { name: 'one stored review a decision', passed: rows === summary.decisions, found: `${rows} rows` },
      { name: 'audit chain is whole', passed: chains.every((chain) => chain.ok), found: `${chains.length} writer(s)` },
      {
        name: 'every exit skipped the model',
        passed: summary.exits_not_skipped === 0,
        found: `${summary.exits - summary.exits_not_skipped} of ${summary.exits}`,
      },
      { name: 'every decision was answered', passed: summary.unavailable === 0, found: `${summary.unavailable} unanswered` },
    ]
  } finally {
    await store.close()
  }
}
