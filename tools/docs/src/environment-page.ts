import { EnvironmentSchema } from '@torghut/contracts'
import { z } from 'zod'

import { GENERATED_NOTE, code, table, withNamesAsCode } from './markdown.ts'

/** The part of a JSON schema this page is written from. */
const Property = z.object({
  description: z.string(),
  type: z.string(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
})
type Property = z.infer<typeof Property>

/** Every name the review API reads, from the schema that reads it. */
export function environmentPage(): string {
  const { properties } = z.object({ properties: z.record(z.string(), Property) }).parse(schemaOf('output'))
  const { required } = z.object({ required: z.array(z.string()) }).parse(schemaOf('input'))
  const rows = Object.entries(properties).map(([name, property]) => [
    code(name),
    required.includes(name) ? '**required**' : defaultOf(property),
    acceptedOf(property),
    withNamesAsCode(property.description),
  ])
  return [
    GENERATED_NOTE,
    '',
    '# Environment',
    '',
    'What the review API reads, once, at its start. An empty value counts as not set. A name that is missing, wrong',
    'or in contradiction with another stops the start: one line each, and exit code 2. Names of the service this one',
    'succeeds that are not listed here: [guardrail settings](guardrails.md).',
    '',
    table(['name', 'default', 'accepted', 'meaning'], rows),
    '',
  ].join('\n')
}

/** `output` knows the bounds a text is converted to, `input` which names must be given. */
function schemaOf(io: 'input' | 'output'): unknown {
  return z.toJSONSchema(EnvironmentSchema, { io })
}

function defaultOf(property: Property): string {
  return property.default === undefined ? 'not set' : code(String(property.default))
}

function acceptedOf(property: Property): string {
  if (property.enum !== undefined) return property.enum.map(code).join(', ')
  if (property.type === 'boolean') return '`true`, `false`'
  if (property.pattern !== undefined) return `text like ${code(property.pattern)}`
  if (property.type === 'string') return 'text'
  const { minimum, exclusiveMinimum, maximum } = property
  const from = exclusiveMinimum === undefined ? `${minimum ?? 0} or more` : `above ${exclusiveMinimum}`
  const range = maximum === undefined ? from : `${from}, at most ${maximum}`
  return property.type === 'integer' ? `${range}, whole` : range
}
