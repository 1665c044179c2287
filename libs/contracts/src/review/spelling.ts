import { z } from 'zod'

import { ruleIssue } from '../scalars.ts'

/**
 * Wraps a strict snake_case object so that the camelCase spelling of its keys is read too (the market-context gateway
 * writes camelCase). Both spellings of one key at once are refused (`both_spellings`): one of them would be lost.
 */
export function eitherSpelling<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  const snakeByCamel = new Map(Object.keys(schema.shape).map((key) => [toCamel(key), key]))
  return z.preprocess((value, context) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    const renamed: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(value)) {
      const name = snakeByCamel.get(key) ?? key
      if (name !== key && Object.hasOwn(value, name)) {
        context.issues.push(ruleIssue('both_spellings', `Write "${name}" or "${key}", not both`, value, [name]))
        return z.NEVER
      }
      renamed[name] = item
    }
    return renamed
  }, schema)
}

function toCamel(snake: string): string {
  return snake.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
