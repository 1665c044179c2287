import { z } from 'zod'

/** What one run of a test file came to. */
export interface TestCounts {
  passed: number
  failed: number
  /** Skipped, pending or marked as to do: tests that proved nothing. */
  notRun: number
  /** False when vitest found fault with the run, errors outside every test included. */
  clean: boolean
  figures: Record<string, number>
}

/** Reads the file of vitest's JSON reporter. Figures of several tests are put together. */
export function readVitestReport(text: string, exitCode: number | null): TestCounts {
  const report = VitestReport.parse(JSON.parse(text))
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const { numPassedTests: passed, numFailedTests: failed, numTotalTests: total } = report
  const figures = Object.assign({}, ...tests.map(({ meta }) => meta?.figures ?? {})) as Record<string, number>
  return { passed, failed, notRun: total - passed - failed, clean: exitCode === 0, figures }
}

const VitestReport = z.object({
  numTotalTests: z.int(),
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({ meta: z.object({ figures: z.record(z.string(), z.number()).optional() }).optional() }),
      ),
    }),
  ),
})
