import { ReviewRecord, ReviewSubmission } from '@torghut/contracts'
import { z } from 'zod'

/** Parts of a schema whose keys are data: a symbol, a gate's name, a role. What they may hold is checked below them. */
interface JsonSchema {
  type?: string
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema | boolean
  prefixItems?: JsonSchema[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
}

/** Where the schema takes any member: what a gate found, and what a node of a program answered. */
const FREE = ['outcomes[].evidence', 'provenance.nodes[].output']

/** A place in a schema document. */
interface Place {
  schema: JsonSchema
  root: JsonSchema
}

/** What is read and what is kept: a field that is normalised on the way shows in one of the two only. */
function bothSides(type: z.ZodType): Place[] {
  return (['input', 'output'] as const).map((io) => {
    const root = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as JsonSchema
    return { schema: root, root }
  })
}

const schemas = { request: bothSides(ReviewSubmission), record: bothSides(ReviewRecord) }

/** The allow-list of what is stored of a review: the fields of its two schemas. */
export const storedFields = {
  /** Paths in a document that its schema does not name. */
  unknownIn(part: keyof typeof schemas, document: unknown): string[] {
    return unknownPaths(document, schemas[part], '')
  },
}

function unknownPaths(value: unknown, places: Place[], path: string): string[] {
  if (value === null || typeof value !== 'object') return []
  const open = places.flatMap(alternatives)
  return Object.entries(value).flatMap(([key, child]) => {
    const at = Array.isArray(value) ? `${path}[]` : path === '' ? key : `${path}.${key}`
    const below = open.flatMap(({ schema, root }) => childrenOf(schema, Array.isArray(value) ? null : key).map((found) => ({ schema: found, root })))
    if (FREE.includes(at)) return []
    return below.length === 0 ? [at] : unknownPaths(child, below, at)
  })
}

/** What a schema says of one of its members, or of any item of a list. */
function childrenOf({ items, prefixItems, properties, additionalProperties: more }: JsonSchema, key: string | null): JsonSchema[] {
  if (key === null) return [...(typeof items === 'object' ? [items] : []), ...(prefixItems ?? [])]
  if (properties !== undefined && Object.hasOwn(properties, key)) return [properties[key] ?? {}]
  return typeof more === 'object' ? [more] : []
}

function alternatives({ schema, root }: Place): Place[] {
  if (schema.$ref !== undefined) {
    const target = schema.$ref === '#' ? root : root.$defs?.[schema.$ref.replace('#/$defs/', '')]
    return alternatives({ schema: target ?? {}, root })
  }
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
  return parts.length === 0 ? [{ schema, root }] : parts.flatMap((part) => alternatives({ schema: part, root }))
}
