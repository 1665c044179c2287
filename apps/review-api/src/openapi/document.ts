import { STATUS_CODES } from 'node:http'

import { componentSchemas } from './components.ts'
import { componentRef } from './json-schema.ts'
import type { JsonSchema } from './json-schema.ts'
import { operations } from './operations.ts'
import { TAGS } from './operations/operation.ts'
import type { Answer, Operation } from './operations/operation.ts'

/** Version of the calls below `/v1`, not of the software: it moves when a caller could notice. */
const API_VERSION = '1.0.0'

const DESCRIPTION = `A governed layer between a trading scheduler and a language model. Post a decision, get a verdict
that deterministic gates settled and an audit record keeps.

Money, sizes and prices are decimal strings, instants are UTC, fields are snake_case. A refusal is a problem document
(RFC 9457) whose \`code\` is stable. A server bound to loopback without a key file asks for no key.`

/** The OpenAPI 3.1 document of this API: the contracts' schemas and the table of operations, the same on every run. */
export function openApiDocument(): Record<string, unknown> {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Torghut review API',
      version: API_VERSION,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The server that gave this document' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: paths(),
    components: { schemas: componentSchemas(), securitySchemes: { apiKey: apiKeyScheme } },
  }
}

/** The document's text, as it is served and committed. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`
}

const apiKeyScheme = {
  type: 'http',
  scheme: 'bearer',
  description: 'A key of TORGHUT_API_KEYS_FILE. Each call names the scope the key needs.',
}

function paths(): Record<string, object> {
  const byPath: Record<string, Record<string, object>> = {}
  for (const operation of operations) {
    byPath[operation.path] = { ...byPath[operation.path], [operation.method]: toOperationObject(operation) }
  }
  return byPath
}

function toOperationObject(operation: Operation): object {
  const { operationId, summary, description, tag, scope, parameters, body } = operation
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    security: scope === null ? [] : [{ apiKey: [scope] }],
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: toRequestBody(body) }),
    responses: { ...mapStatuses(operation.answers, toAnswer), ...mapStatuses(operation.problems, toProblem) },
  }
}

function toRequestBody({ schema, examples }: NonNullable<Operation['body']>): object {
  return { required: true, content: { 'application/json': { schema: componentRef(schema), examples } } }
}

function mapStatuses<T>(byStatus: Record<number, T>, write: (value: T, status: number) => object): object {
  return Object.fromEntries(Object.entries(byStatus).map(([status, value]) => [status, write(value, Number(status))]))
}

function toAnswer({ description, content, headers }: Answer): object {
  return {
    description,
    ...(headers === undefined ? {} : { headers }),
    content:
      'schema' in content
        ? { 'application/json': { schema: componentRef(content.schema) } }
        : { [content.mediaType]: { schema: { type: content.mediaType === 'application/json' ? 'object' : 'string' } } },
  }
}

function toProblem(codes: readonly string[] | null, status: number): object {
  const code: JsonSchema = codes === null ? { type: 'string' } : { type: 'string', enum: [...codes] }
  const narrowed = { type: 'object', properties: { status: { const: status }, code } }
  const why = codes === null ? 'a rule is broken; `errors` says where' : codes.map((name) => `\`${name}\``).join(', ')
  return {
    description: `${STATUS_CODES[status]}: ${why}`,
    content: { 'application/problem+json': { schema: { allOf: [componentRef('Problem'), narrowed] } } },
  }
}
