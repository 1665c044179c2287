import { readFileSync } from 'node:fs'

import { MarketContext, NonNegativeDecimal, PositiveDecimal } from '@torghut/contracts'
import fc from 'fast-check'
import fastify from 'fastify'
import { expect, test } from 'vitest'

import { registerRoutes } from '../app.ts'
import type { AppDeps } from '../app.ts'
import { componentSchemas } from './components.ts'
import { describeComponents } from './descriptions.ts'
import { openApiDocument, openApiText } from './document.ts'
import { operations } from './operations.ts'
import { inBothSpellings } from './spellings.ts'

test('openApiText() is what lies in docs/reference/openapi.json', () => {
  const committed = readFileSync(new URL('../../../../docs/reference/openapi.json', import.meta.url), 'utf8')
  expect(openApiText() === committed, 'out of date: run npm run openapi').toBe(true)
})

test('registerRoutes() and the document name the same calls with the same scopes', async () => {
  const app = fastify()
  const registered: string[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    if (url.startsWith('/docs') || method === 'HEAD') return
    registered.push(`${String(method)} ${url.replace(/:(\w+)/g, '{$1}')} ${config?.scope ?? 'open'}`)
  })
  // Registering a route calls nothing of what it depends on.
  registerRoutes(app, { status: {} } as AppDeps)
  await app.ready()
  const documented = operations.map(({ method, path, scope }) => `${method.toUpperCase()} ${path} ${scope ?? 'open'}`)
  expect(registered.sort()).toEqual(documented.sort())
  await app.close()
})

test('openApiDocument() points only at schemas it has, and has none that nothing points at', () => {
  const document = openApiDocument()
  const pointers = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)
  expect([...new Set([...pointers].map(([, name]) => name))].sort()).toEqual(Object.keys(componentSchemas()))
})

test('openApiDocument() leaves no field untyped but what lies in free maps', () => {
  expect(untyped(componentSchemas(), '').sort()).toEqual([
    'ArtifactUpload.0.nodes.items.demonstrations.items.input',
    'ArtifactUpload.0.nodes.items.demonstrations.items.output',
    'ArtifactView.content.0',
    'ContextDomainCamelCase.payload',
    'ContextDomainSnakeCase.payload',
    'GateOutcome.oneOf.0.evidence',
    'GateOutcome.oneOf.1.evidence',
    'ReviewAdvice.calibration_metadata',
    'ReviewAnswer.provenance.0.nodes.items.output.0',
    'RolloutEvent.evidence',
  ])
})

/** Where an empty schema stands, as the path of the field it allows anything in. */
function untyped(value: unknown, path: string): string[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, child]) => {
    if (key === 'default') return []
    if (JSON.stringify(child) === '{}') return [path]
    const step = key === 'properties' || key === 'anyOf' ? path : path === '' ? key : `${path}.${key}`
    return untyped(child, step)
  })
}

test.each([
  ['PositiveDecimal', PositiveDecimal],
  ['NonNegativeDecimal', NonNegativeDecimal],
])('the pattern of %s accepts what its contract accepts', (name, contract) => {
  const pattern = new RegExp(componentSchemas()[name]?.pattern ?? '', 'u')
  const decimals = fc.stringMatching(/^-?[0-9]{1,21}(\.[0-9]{0,9})?$/)
  const zeros = fc.stringMatching(/^-?0{1,20}(\.0{1,8})?$/)
  fc.assert(
    fc.property(fc.oneof(decimals, zeros, fc.string()), (text) => {
      expect(pattern.test(text)).toBe(contract.safeParse(text).success)
    }),
    { seed: 7, numRuns: 2_000 },
  )
})

test('inBothSpellings() names the very keys the contract reads in camelCase', () => {
  const schemas = componentSchemas()
  const keysOf = (name: string) => Object.keys(schemas[name]?.properties ?? {})
  expect(keysOf('MarketContextCamelCase')).toContain('asOfUtc')
  for (const key of keysOf('MarketContextCamelCase')) {
    const parsed = MarketContext.safeParse({ [key]: null })
    expect(parsed.error?.issues.map((issue) => issue.code)).not.toContain('unrecognized_keys')
  }
  expect(inBothSpellings({ A: { properties: { b_c: {} }, required: ['b_c'] } }, ['A'])).toMatchObject({
    A: { oneOf: [{ $ref: '#/components/schemas/ASnakeCase' }, { $ref: '#/components/schemas/ACamelCase' }] },
    ASnakeCase: { properties: { b_c: {} }, required: ['b_c'] },
    ACamelCase: { properties: { bC: {} }, required: ['bC'] },
  })
})

test('describeComponents() refuses a schema without a description and a description without a field', () => {
  expect(() => describeComponents({ Unheard: {} })).toThrow('"Unheard": it has no description')
  const withoutPath = { ValidationIssue: { properties: { code: {} } } }
  expect(() => describeComponents(withoutPath)).toThrow('"ValidationIssue.path": there is no such field')
})
