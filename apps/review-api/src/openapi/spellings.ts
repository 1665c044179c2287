import { componentRef } from './json-schema.ts'
import type { JsonSchema } from './json-schema.ts'

/**
 * Market context is read in snake_case and in camelCase, block by block. Each named schema becomes a choice between
 * `…SnakeCase`, as the contract writes it, and `…CamelCase`, as the market-context gateway does. A block may not hold
 * both spellings of one key; what lies inside `payload` is kept as it comes.
 */
export function inBothSpellings(
  schemas: Record<string, JsonSchema>,
  names: readonly string[],
): Record<string, JsonSchema> {
  return Object.assign(
    { ...schemas },
    ...names.map((name) => {
      const { description = '', ...snake } = schemas[name] ?? {}
      return {
        [name]: { description, oneOf: [componentRef(`${name}SnakeCase`), componentRef(`${name}CamelCase`)] },
        [`${name}SnakeCase`]: { description: `${description} In snake_case.`, ...snake },
        [`${name}CamelCase`]: { description: `${description} In camelCase.`, ...camelCased(snake) },
      }
    }),
  )
}

function camelCased(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([key, value]) => [toCamel(key), value])
  return {
    ...schema,
    properties: Object.fromEntries(properties),
    ...(schema.required === undefined ? {} : { required: schema.required.map(toCamel) }),
  }
}

function toCamel(snake: string): string {
  return snake.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
