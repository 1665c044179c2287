import { z } from 'zod'

export type JsonSchema = z.core.JSONSchema.BaseSchema

/** Whether a schema is written as what may be sent (`input`) or as what is given out (`output`). */
type Direction = 'input' | 'output'

/** A pointer to a named schema of the document. */
export function componentRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

/** JSON Schema 2020-12 of each named zod schema; wherever one of them appears in another, a pointer stands. */
export function toComponents(schemas: Record<string, z.ZodType>, direction: Direction): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const { schemas: generated } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    io: direction,
    uri: (id) => `#/components/schemas/${id}`,
    unrepresentable: 'any',
    override: (context) => tidy(context, direction),
  })
  return Object.fromEntries(Object.entries(generated).map(([name, schema]) => [name, withoutIdentity(schema)]))
}

/** JSON Schema of each field of an object schema, with pointers to the shared ones. */
export function toParameterSchemas(query: z.ZodType, shared: Record<string, z.ZodType>): Record<string, JsonSchema> {
  return (toComponents({ ...shared, Query: query }, 'input')['Query']?.properties ?? {}) as Record<string, JsonSchema>
}

type OverrideContext = Parameters<NonNullable<z.core.ToJSONSchemaParams['override']>>[0]

/** Corrects what zod writes down differently from what it means. */
function tidy({ zodSchema, jsonSchema }: OverrideContext, direction: Direction): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  // JSON has no other keys.
  if ((jsonSchema.propertyNames as JsonSchema | undefined)?.type === 'string') delete jsonSchema.propertyNames
  if (direction === 'input') return
  // An answer names every field: what zod would fill in is nothing a reader needs to know.
  delete jsonSchema.default
  const { def } = zodSchema._zod
  if (def.type !== 'pipe') return
  const { in: source, out } = def as z.core.$ZodPipeDef
  // A transform states no type of its own. Those of our answers tidy up a text, which stays a text or becomes null.
  if (out._zod.def.type === 'transform' && source._zod.def.type === 'string') jsonSchema.type = ['string', 'null']
}

/** zod marks each schema with its dialect and name; inside the document both are said elsewhere. */
function withoutIdentity({ $schema: _dialect, $id: _id, ...schema }: JsonSchema): JsonSchema {
  return schema
}
