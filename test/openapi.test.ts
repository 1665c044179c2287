import { createHash, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Validator } from '@seriousme/openapi-schema-validator'
import { ControlChange, Feedback, TradeResult, parseReviewSubmission } from '@torghut/contracts'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { removeFolder, startStack, temporaryFolder } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'

interface OpenApi {
  [key: string]: unknown
  openapi: string
  paths: Record<string, Record<string, Operation>>
}
interface Operation {
  parameters?: { name: string; in: string; example?: unknown }[]
  requestBody?: { content: { 'application/json': { examples: Record<string, { value: unknown }> } } }
  responses: Record<string, { content: Record<string, object> }>
}

const KEYS = { all: 'key-with-every-scope', read: 'key-that-may-only-read' }

const keysFolder = temporaryFolder()
let stack: RunningStack
let document: OpenApi
let schemas: Ajv2020
beforeAll(async () => {
  const keysFile = join(keysFolder, 'keys.json')
  const keys = [hashedKey(KEYS.all, ['review', 'read', 'operate', 'lifecycle']), hashedKey(KEYS.read, ['read'])]
  writeFileSync(keysFile, JSON.stringify({ keys }))
  stack = await startStack({ env: { TORGHUT_API_KEYS_FILE: keysFile } })
  document = (await (await fetch(`${stack.api}/openapi.json`)).json()) as OpenApi
  schemas = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(schemas)
  schemas.addSchema(document, 'openapi')
})
afterAll(async () => {
  await stack.stop()
  removeFolder(keysFolder)
})

function hashedKey(key: string, scopes: string[]) {
  return { subject: key, scopes, sha256: createHash('sha256').update(key).digest('hex') }
}

interface Call {
  method?: 'get' | 'post' | 'put'
  path: string
  /** The address asked for, where it differs from the path in the document. */
  url?: string
  body?: unknown
  headers?: Record<string, string>
  key?: string | null
}

/** Calls the API and holds whatever it answers against what the document says of that status. */
async function call({ method = 'get', path, url = path, body, headers = {}, key = KEYS.all }: Call) {
  const answer = await fetch(`${stack.api}${url}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  const mediaType = answer.headers.get('content-type')?.split(';')[0] ?? ''
  const content = document.paths[path]?.[method]?.responses[answer.status]?.content ?? {}
  expect(Object.keys(content), `${method} ${url} answered ${answer.status} ${mediaType}`).toContain(mediaType)
  const text = await answer.text()
  if (!mediaType.endsWith('json')) return { status: answer.status, body: text as never }
  const parsed = JSON.parse(text) as Record<string, unknown>
  const pointer = ['paths', path, method, 'responses', String(answer.status), 'content', mediaType, 'schema']
  expect(findings(pointer, parsed)).toEqual([])
  return { status: answer.status, body: parsed }
}

/** What is wrong with a value, judged by the schema at that place of the document. */
function findings(pointer: readonly string[], value: unknown): string[] {
  const fragment = pointer.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
  const validate = schemas.getSchema(`openapi#/${fragment}`)
  if (validate === undefined) throw new Error(`No schema at ${pointer.join(' ')}`)
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

function bodySchema(path: string, method = 'post'): string[] {
  return ['paths', path, method, 'requestBody', 'content', 'application/json', 'schema']
}

function examplesOf(path: string, method = 'post'): [string, unknown][] {
  const examples = document.paths[path]?.[method]?.requestBody?.content['application/json'].examples ?? {}
  return Object.entries(examples).map(([name, { value }]) => [name, value])
}

/** The path with each of its parameters as the document gives an example of it. */
function exampleUrl(path: string, { parameters = [] }: Operation): string {
  return parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((url, { name, example }) => url.replace(`{${name}}`, String(example)), path)
}

test('/openapi.json is a valid OpenAPI 3.1 document, and a spoilt one is not', async () => {
  expect(document.openapi).toMatch(/^3\.1\./)
  expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
  const spoilt = structuredClone(document) as unknown as { paths: Record<string, unknown> }
  spoilt.paths['/healthz'] = { get: { responses: { 200: { content: {} } } } }
  expect(await new Validator().validate(spoilt)).toMatchObject({ valid: false })
})

test('every example of the document is accepted by the running API, and answered as documented', async () => {
  const accepted: string[] = []
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([name, operation]) => {
      const method = name as 'get' | 'post' | 'put'
      return { path, method, url: exampleUrl(path, operation) }
    }),
  )
  for (const { path, method, url } of calls) {
    for (const [name, body] of examplesOf(path, method)) {
      expect(findings(bodySchema(path, method), body), name).toEqual([])
      const answered = await call({ method, path, url, body })
      expect(answered.status, name).toBe(200)
      if (path === '/v1/reviews') expect(answered.body).toMatchObject({ fallback: null })
      if ('accepted' in answered.body) expect(answered.body).toMatchObject({ accepted: 2, rejected: [] })
      if (name === 'proved_exit') expect(answered.body).toMatchObject({ verdict: 'approve', llm_skipped: 'reducing' })
      accepted.push(name)
    }
  }
  expect(accepted).toEqual([
    'minimal_entry',
    'full_entry',
    'adjustable_entry',
    'proved_exit',
    'realised_and_counterfactual',
    'person_and_desk_rule',
    'halt_one_symbol',
    'lift_the_halt',
    'bootstrap_artifact',
    'start_in_shadow',
    'pause_over_lunch',
    'resume_watching',
    'advance_to_ten',
    'abort_the_drill',
    'deny_an_artifact',
    'clear_a_denial',
  ])
})

test('what can be read is answered as documented', async () => {
  const page = await call({ path: '/v1/reviews', url: '/v1/reviews?limit=2&arm=base&from=2026-01-01T00:00:00Z' })
  const items = page.body['items'] as { review_id: string }[]
  expect(items).toHaveLength(2)
  for (const item of items) {
    expect((await call({ path: '/v1/reviews/{id}', url: `/v1/reviews/${item.review_id}` })).body).toEqual(item)
  }
  const [artifact] = (await call({ path: '/v1/artifacts' })).body['items'] as { artifact_hash: string }[]
  const prompts = `/v1/reviews/${items[1]?.review_id}/prompts`
  expect(await call({ path: '/v1/artifacts/{hash}', url: `/v1/artifacts/${artifact?.artifact_hash}` })).toMatchObject({ status: 200 })
  expect((await call({ path: '/v1/reviews/{id}/prompts', url: prompts })).status).toBeOneOf([200, 409])
  for (const path of ['/v1/controls', '/v1/rollout', '/v1/denylist', '/v1/runtime', '/trading/status', '/trading/llm-evaluation']) {
    expect(await call({ path })).toMatchObject({ status: 200 })
  }
  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json']) {
    expect(await call({ path, key: null })).toMatchObject({ status: 200 })
  }
})

const emptyScope = { value: true, scope: {}, reason: 'test' }
const someBody = { trade_decision_id: randomUUID() }
const postReview = { method: 'post', path: '/v1/reviews' } as const
const postOutcomes = { method: 'post', path: '/v1/outcomes' } as const
const putControl = { method: 'put', path: '/v1/controls/{name}' } as const
const getReview = { path: '/v1/reviews/{id}' }
const refusals: [string, Call, number, string][] = [
  ['no key', { ...postReview, body: someBody, key: null }, 401, 'unauthenticated'],
  ['a key of another scope', { ...postReview, body: someBody, key: KEYS.read }, 403, 'forbidden'],
  ['no key to read', { path: '/v1/reviews', key: null }, 401, 'unauthenticated'],
  ['no key for results', { ...postOutcomes, body: {}, key: KEYS.read }, 403, 'forbidden'],
  ['no JSON', { ...postReview, body: '{"a":' }, 400, 'invalid_json'],
  ['a short deadline', { ...postReview, body: {}, headers: { 'x-deadline-ms': '49' } }, 400, 'invalid_deadline'],
  ['another media type', { ...postOutcomes, body: 'a', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type'],
  ['a huge body', { ...postOutcomes, body: `"${'x'.repeat(1_100_000)}"` }, 413, 'body_too_large'],
  ['an empty batch', { ...postOutcomes, body: { outcomes: [] } }, 422, 'too_short'],
  ['a missing field', { ...postReview, body: someBody }, 422, 'missing'],
  ['an unknown switch', { ...putControl, url: '/v1/controls/x', body: {} }, 404, 'unknown_control'],
  ['a halt of nothing', { ...putControl, url: '/v1/controls/halt_new_risk', body: emptyScope }, 422, 'scope_empty'],
  ['a bad cursor', { path: '/v1/reviews', url: '/v1/reviews?cursor=x' }, 422, 'cursor_invalid'],
  ['an unknown review', { ...getReview, url: `/v1/reviews/${randomUUID()}` }, 404, 'not_found'],
  ['a long id', { ...getReview, url: `/v1/reviews/${'a'.repeat(200)}` }, 414, 'url_too_long'],
]

test.each(refusals)('a refusal for %s is documented with its status and code', async (_what, refused, status, code) => {
  expect(await call(refused)).toMatchObject({ status, body: { status, code } })
})

test('a refusal for a bad or a used key is documented with its status and code', async () => {
  const [[, body] = [], [, other] = []] = examplesOf('/v1/reviews')
  const bad = await call({ ...postReview, body, headers: { 'idempotency-key': 'a b' } })
  expect(bad).toMatchObject({ status: 400, body: { code: 'invalid_idempotency_key' } })
  const headers = { 'idempotency-key': randomUUID() }
  await call({ ...postReview, body, headers })
  expect(await call({ ...postReview, body: other, headers })).toMatchObject({ status: 409, body: { code: 'key_reused' } })
})

/** Contracts read a number or boolean in the strategy's parameters as its text; the document asks for the text. */
function readAsText(path: string, damage: string): boolean {
  return path.startsWith('request.decision.params.') && ['true', '7'].includes(damage)
}

/** Every member of a body, by its dotted path. */
function pathsOf(value: unknown, path = ''): string[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, child]) => {
    const childPath = path === '' ? key : `${path}.${key}`
    return [childPath, ...pathsOf(child, childPath)]
  })
}

/** A copy of the body with the member at `path` replaced, or left out when there is nothing to put there. */
function damaged(body: unknown, path: string, replacement: unknown): unknown {
  const copy = structuredClone(body)
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce((item, key) => item[key] as Record<string, unknown>, copy as Record<string, unknown>)
  if (replacement === undefined) Reflect.deleteProperty(parent, last)
  else parent[last] = replacement
  return copy
}

const damages: unknown[] = [undefined, null, true, 7, '', 'x', '-1', [], {}, { x: 1 }]

test('the document and the contracts agree about every field of a review that is absent or of another kind', () => {
  const disagreements = []
  let compared = 0
  for (const [name, body] of examplesOf('/v1/reviews')) {
    for (const path of pathsOf(body)) {
      // Nobody can leave a hole in an array in JSON.
      for (const damage of damages.filter((item) => item !== undefined || !/\.\d+$/.test(path))) {
        const label = JSON.stringify(damage) ?? 'absent'
        if (readAsText(path, label)) continue
        const posted = damaged(body, path, damage)
        const documented = findings(bodySchema('/v1/reviews'), posted).length === 0
        if (documented !== parseReviewSubmission(posted).ok) disagreements.push(`${name} ${path} ${label}`)
        compared += 1
      }
    }
  }
  expect(disagreements).toEqual([])
  expect(compared).toBeGreaterThan(2_000)
})

test.each([
  ['result', '/v1/outcomes', 'TradeResult', TradeResult],
  ['label', '/v1/feedback', 'Feedback', Feedback],
])('the document and the contracts agree about every field of a %s that is absent or of another kind', (...row) => {
  const [, path, name, contract] = row
  const [, batch] = examplesOf(path)[0] ?? []
  const [[item] = []] = Object.values(batch as Record<string, unknown[]>)
  for (const field of pathsOf(item)) {
    for (const damage of damages.filter((value) => value !== undefined || !/\.\d+$/.test(field))) {
      const posted = damaged(item, field, damage)
      const documented = findings(['components', 'schemas', name], posted).length === 0
      expect(documented, `${field} ${JSON.stringify(damage)}`).toBe(contract.safeParse(posted).success)
    }
  }
})

test('the document and the contracts agree about every field of a switch that is absent or of another kind', () => {
  const [, change] = examplesOf('/v1/controls/{name}', 'put')[0] ?? []
  for (const field of pathsOf(change)) {
    for (const damage of damages) {
      const posted = damaged(change, field, damage)
      const documented = findings(bodySchema('/v1/controls/{name}', 'put'), posted).length === 0
      expect(documented, `${field} ${JSON.stringify(damage)}`).toBe(ControlChange.safeParse(posted).success)
    }
  }
})

test('/docs shows the document without a word from elsewhere', async () => {
  const page = await fetch(`${stack.api}/docs/`)
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'self'")
  expect(policy).not.toMatch(/https?:|\*/)
  const html = await page.text()
  const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => new URL(address, page.url))
  expect(addresses.length).toBeGreaterThan(4)
  for (const address of addresses) {
    expect(address.origin).toBe(stack.api)
    expect((await fetch(address)).status, address.pathname).toBe(200)
  }
  const setUp = await (await fetch(`${stack.api}/docs/static/swagger-initializer.js`)).text()
  expect(setUp).toContain("resolveUrl('./json')")
  expect(setUp).toContain('"validatorUrl":null')
  expect(await (await fetch(`${stack.api}/docs/json`)).json()).toEqual(document)
})
