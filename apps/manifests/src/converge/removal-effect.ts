import { GUARDRAIL_NAMES } from '@torghut/contracts'
import type { GuardrailName } from '@torghut/contracts'

/**
 * What the running image does once a name is gone. An image that reads the name falls back to its own
 * default, and for two of them that default is the opposite of what was set.
 */
export function removalEffect(name: string, from: string | null): string {
  const row = (GUARDRAIL_NAMES as Readonly<Record<string, GuardrailName>>)[name]
  if (row === undefined) return `an image that still reads ${name} goes on with its own default`
  if (row.former === null) return `an image that still reads ${name} goes on as if it had never been set`
  if (from !== null && from.trim().toLowerCase() === row.former) {
    return `an image that still reads ${name} goes on as before: "${row.former}" is its default`
  }
  const consequence = CONSEQUENCES[name]
  const then = consequence === undefined ? '' : `: ${consequence}`
  return `an image that still reads ${name} will use its default "${row.former}"${then}`
}

/** Where the default is the opposite of the value that goes. */
const CONSEQUENCES: Readonly<Record<string, string>> = {
  LLM_ENABLED: 'the reviewer is switched on',
  LLM_DSPY_RUNTIME_MODE: 'the live path of the reviewer is switched off',
}
