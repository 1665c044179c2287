import type { Store } from '@torghut/artifact-store'
import { StoreUnavailableError, TooManyControlsError } from '@torghut/artifact-store'
import type { RuntimeControl } from '@torghut/contracts'
import { sha256Hex } from '@torghut/contracts'
import fastify from 'fastify'
import { expect, test } from 'vitest'

import { requireKeys } from '../http/authentication.ts'
import type { Scope } from '../http/authentication.ts'
import { readStrictJson } from '../http/json-body.ts'
import { sendProblem } from '../http/problems.ts'
import { controlRoutes } from './controls.ts'
import { storeProblem } from './reviews.ts'

const NOW = new Date('2026-02-27T15:31:00Z')
const clock = { now: () => NOW, monotonicMs: () => 0 }

const halt: RuntimeControl = {
  name: 'halt_new_risk',
  scope: null,
  value: true,
  actor: 'ops',
  reason: 'drill',
  set_at: '2026-02-27T15:00:00.000Z',
  expires_at: null,
}

type ControlStore = Pick<Store, 'listControls' | 'putControl'>

/** The control routes alone, over a store of the test's making; keys are named after their scope. */
function appOver(store: Partial<ControlStore>, scopes: Scope[] = []) {
  const app = fastify()
  readStrictJson(app)
  const keys = scopes.map((scope) => ({ subject: `desk-${scope}`, scopes: [scope], sha256: sha256Hex(scope) }))
  requireKeys(app, scopes.length === 0 ? null : { keys })
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, storeProblem(error) ?? error))
  controlRoutes(app, { store: () => store as ControlStore, clock })
  return app
}

const body = { value: true, scope: null, reason: 'drill', expires_at: '2026-02-27T15:31:00.001Z' }
const put = (key?: Scope) => ({
  method: 'PUT' as const,
  url: '/v1/controls/halt_new_risk',
  payload: body,
  headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
})

test('PUT /v1/controls/{name} names the subject of the key, or local without keys, as the actor', async () => {
  const settings: unknown[] = []
  const store = { putControl: async (setting: unknown) => (settings.push(setting), halt) }
  expect((await appOver(store).inject(put())).json()).toEqual(halt)
  expect((await appOver(store, ['read', 'operate']).inject(put('operate'))).statusCode).toBe(200)
  expect(settings).toEqual([
    { name: 'halt_new_risk', change: body, actor: 'local' },
    { name: 'halt_new_risk', change: body, actor: 'desk-operate' },
  ])
})

test('PUT /v1/controls/{name} needs the scope operate, GET the scope read', async () => {
  const app = appOver({ listControls: async () => ({ items: [], nextCursor: null }) }, ['read', 'operate', 'review'])
  expect((await app.inject(put())).statusCode).toBe(401)
  expect((await app.inject(put('read'))).statusCode).toBe(403)
  const get = (key: Scope) => app.inject({ url: '/v1/controls', headers: { authorization: `Bearer ${key}` } })
  expect((await get('review')).statusCode).toBe(403)
  expect((await get('read')).statusCode).toBe(200)
})

test('PUT /v1/controls/{name} refuses an expiry of this very instant', async () => {
  const answer = await appOver({}).inject({ ...put(), payload: { ...body, expires_at: NOW.toISOString() } })
  expect(answer.json()).toMatchObject({ status: 422, code: 'expired', errors: [{ path: 'expires_at' }] })
})

test('PUT /v1/controls/{name} says 409 when too many are on and 503 when nothing can be stored', async () => {
  const failing = (error: Error) => appOver({ putControl: () => Promise.reject(error) }).inject(put())
  expect((await failing(new TooManyControlsError(1_000))).json()).toMatchObject({ status: 409, code: 'too_many_controls' })
  expect((await failing(new StoreUnavailableError('db', 'gone'))).json()).toMatchObject({ status: 503, code: 'nothing_recorded' })
})

test('GET /v1/controls shows a control past its time as off', async () => {
  const over = { ...halt, expires_at: NOW.toISOString() }
  const ahead = { ...halt, expires_at: '2026-02-27T15:31:00.001Z' }
  const app = appOver({ listControls: async () => ({ items: [halt, over, ahead], nextCursor: 'n' }) })
  const answer = (await app.inject({ url: '/v1/controls' })).json()
  expect(answer.items.map(({ value }: RuntimeControl) => value)).toEqual([true, false, true])
  expect(answer.next_cursor).toBe('n')
})

test('GET /v1/controls hands limit and cursor on and refuses others', async () => {
  const pages: unknown[] = []
  const app = appOver({ listControls: async (page) => (pages.push(page), { items: [], nextCursor: null }) })
  await app.inject({ url: '/v1/controls?limit=7&cursor=abc' })
  expect(pages).toEqual([{ limit: 7, cursor: 'abc' }])
  for (const query of ['limit=0', 'limit=501', 'limit=x', 'name=halt_new_risk']) {
    expect((await app.inject({ url: `/v1/controls?${query}` })).statusCode).toBe(422)
  }
})
