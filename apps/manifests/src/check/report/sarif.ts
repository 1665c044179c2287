import { PAIRS } from '../comparison.ts'
import type { Comparison, Finding } from '../comparison.ts'

/** SARIF 2.1.0 for code scanning: one rule a pair, one result a finding. */
export function sarifReport(comparisons: readonly Comparison[], version: string): object {
  const rules = Object.entries(PAIRS).map(([id, name]) => ({
    id,
    name: id,
    shortDescription: { text: name },
  }))
  const results = comparisons.flatMap(({ pair, findings }) => findings.map((found) => toResult(pair, found)))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'torghut manifests check', version, rules } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  }
}

function toResult(ruleId: string, { message, file, line, diff }: Finding) {
  const text = diff === null ? message : `${message}\n\n${diff}`
  const place =
    file === null
      ? []
      : [{ physicalLocation: { artifactLocation: { uri: file }, region: { startLine: line ?? 1 } } }]
  return { ruleId, level: 'error', message: { text }, locations: place }
}
