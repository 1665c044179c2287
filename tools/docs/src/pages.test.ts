import { DEPRECATED_NAMES, EnvironmentSchema, FallbackCause, GUARDRAIL_NAMES } from '@torghut/contracts'
import { GATE_ORDER } from '@torghut/gates'
import { expect, test } from 'vitest'

import { environmentPage } from './environment-page.ts'
import { failureTablePage } from './failure-table-page.ts'
import { gatesPage } from './gates-page.ts'
import { guardrailsPage } from './guardrails-page.ts'
import { table, withNamesAsCode } from './markdown.ts'

/** The first cell of each table row of a page that holds code. */
function namesIn(page: string): string[] {
  return [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!)
}

test('guardrailsPage() has one row for every guardrail name and every deprecated one', () => {
  const names = new Set([...Object.keys(GUARDRAIL_NAMES), ...Object.keys(DEPRECATED_NAMES)])
  expect(namesIn(guardrailsPage()).sort()).toEqual([...names].sort())
})

test('failureTablePage() has one row for every cause, in the order of the closed list', () => {
  expect(namesIn(failureTablePage())).toEqual(FallbackCause.options)
})

test('gatesPage() has one row for every gate, in the order of the outcomes, with the committed limits', () => {
  const page = gatesPage()
  expect(namesIn(page)).toEqual(GATE_ORDER)
  expect(page).toContain('| `limits.price_collar_bps`: `500` | `price_outside_collar` |')
})

test('environmentPage() has one row for every name of the schema, with its default and what it accepts', () => {
  const page = environmentPage()
  expect(namesIn(page)).toEqual(Object.keys(EnvironmentSchema.shape))
  expect(page).toContain('| `LLM_MODEL` | **required** | text |')
  expect(page).toContain('| `LLM_MIN_CONFIDENCE` | `0.5` | 0 or more, at most 1 |')
  expect(page).toContain('| `LLM_DSPY_TIMEOUT_SECONDS` | **required** | above 0, at most 120 |')
  expect(page).toContain('| `TRADING_MODE` | `paper` | `paper`, `live` |')
  expect(page).toContain('| `LLM_ADJUSTMENT_ALLOWED` | `false` | `true`, `false` |')
  expect(page).toContain('| `TORGHUT_API_KEYS_FILE` | not set | text |')
})

test('table() keeps a cell in its cell', () => {
  expect(table(['a', 'b'], [['x|y', 'z']])).toBe('| a | b |\n| --- | --- |\n| x\\|y | z |')
})

test('withNamesAsCode() marks environment names and leaves code alone', () => {
  expect(withNamesAsCode('LLM_MODEL, not `LLM_X=1` or LLM_Y=veto')).toBe('`LLM_MODEL`, not `LLM_X=1` or `LLM_Y=veto`')
})
