import { environmentPage } from './environment-page.ts'
import { failureTablePage } from './failure-table-page.ts'
import { gatesPage } from './gates-page.ts'
import { guardrailsPage } from './guardrails-page.ts'

/** Every generated page by its path from the root of the repository. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/reference/environment.md': environmentPage,
  'docs/reference/failure-table.md': failureTablePage,
  'docs/reference/gates.md': gatesPage,
  'docs/reference/guardrails.md': guardrailsPage,
}
