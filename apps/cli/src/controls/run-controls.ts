import process from 'node:process'

import { RuntimeControl } from '@torghut/contracts'
import type { ControlName } from '@torghut/contracts'
import Table from 'cli-table3'
import { z } from 'zod'

import { apiTarget, callApi } from '../api/api-client.ts'
import type { ApiTarget } from '../api/api-client.ts'
import type { ApiArguments } from '../api/api-options.ts'
import { CliError } from '../errors.ts'
import { plain } from '../terminal/plain.ts'
import { expiryInstant } from './expiry.ts'

export interface ChangeArguments extends ApiArguments {
  name: ControlName
  symbol: string | undefined
  strategy: string | undefined
  reason: string
  expires?: string | undefined
}

const CALL_TIMEOUT_MS = 10_000

/** The API's largest page, and more pages than a desk will ever fill. */
const PAGE_LIMIT = 500
const PAGES_MAX = 20

/** Prints every switch as it stands. */
export async function showControls(argv: ApiArguments): Promise<void> {
  const items = await listControls(apiTarget(argv))
  process.stdout.write(argv.json ? `${JSON.stringify({ items })}\n` : `${controlTable(items)}\n`)
}

/** Prints the throttles that are closed. */
export async function showThrottles(argv: ApiArguments): Promise<void> {
  const items = (await listControls(apiTarget(argv))).filter(({ name, value }) => name === 'throttle' && value)
  if (argv.json) process.stdout.write(`${JSON.stringify({ items })}\n`)
  else process.stdout.write(`${items.length === 0 ? 'no throttle is closed' : controlTable(items)}\n`)
}

/** Sets or clears one switch and says so. */
export async function changeControl(argv: ChangeArguments, value: boolean): Promise<void> {
  const { symbol, strategy, reason, expires } = argv
  const scope = {
    ...(symbol === undefined ? {} : { symbol }),
    ...(strategy === undefined ? {} : { strategy_id: strategy }),
  }
  const body = {
    value,
    scope: Object.keys(scope).length === 0 ? null : scope,
    reason,
    expires_at: expires === undefined ? null : expiryInstant(expires, new Date()),
  }
  const answer = await put(apiTarget(argv), argv.name, body)
  if (argv.json) process.stdout.write(`${JSON.stringify(answer)}\n`)
  else process.stdout.write(`${argv.name} ${value ? 'set' : 'cleared'} for ${scopeWords(body.scope)}\n`)
}

function put(target: ApiTarget, name: string, body: unknown): Promise<unknown> {
  return callApi(target, {
    method: 'PUT',
    path: `/v1/controls/${name}`,
    body: JSON.stringify(body),
    timeoutMs: CALL_TIMEOUT_MS,
  })
}

/** Reads every page: a switch that is not shown would be believed to be off. */
async function listControls(target: ApiTarget): Promise<RuntimeControl[]> {
  const items: RuntimeControl[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const path = `/v1/controls?limit=${PAGE_LIMIT}${at}`
    const answer = ControlPage.parse(await callApi(target, { method: 'GET', path, timeoutMs: CALL_TIMEOUT_MS }))
    items.push(...answer.items)
    cursor = answer.next_cursor
    if (cursor === null) return items
  }
  throw new CliError(`There are more than ${PAGES_MAX * PAGE_LIMIT} switches: read them from the API in pages`)
}

/** Only what the table shows; a newer API may say more. */
const ControlPage = z
  .object({ items: z.array(z.object(RuntimeControl.shape)), next_cursor: z.string().nullable() })
  .catch(() => {
    throw new CliError('The API did not answer with controls: is it another version?')
  })

function controlTable(controls: RuntimeControl[]): string {
  if (controls.length === 0) return 'no switch was ever set'
  const head = ['switch', 'for', 'value', 'until', 'by', 'since', 'reason']
  const table = new Table({ head, style: { head: [], border: [] } })
  for (const control of controls) {
    const until = control.expires_at ?? 'changed'
    table.push([
      control.name,
      scopeWords(control.scope),
      control.value ? 'SET' : 'clear',
      until,
      plain(control.actor, 40),
      control.set_at,
      plain(control.reason, 60),
    ])
  }
  return table.toString()
}

function scopeWords(scope: RuntimeControl['scope']): string {
  if (scope === null) return 'everything'
  const words = [scope.symbol && `symbol ${scope.symbol}`, scope.strategy_id && `strategy ${scope.strategy_id}`]
  return plain(words.filter((word) => word !== undefined).join(', '), 80)
}
