import type { ControlChange, ControlName, ControlScope, RuntimeControl } from '@torghut/contracts'
import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Client, Pool } from 'pg'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'

import { CursorInvalidError, TooManyControlsError } from '../errors.ts'
import { runtimeControlEvents } from '../schema/runtime-control-events.ts'
import { runtimeControls } from '../schema/runtime-controls.ts'

/** Where a trigger announces every change. */
export const CONTROLS_CHANNEL = 'torghut_controls'

/**
 * Most controls that may be on at once. Every replica reads all of them every second; whoever needs more halts wants
 * one for everything.
 */
const CONTROLS_ON_MAX = 1_000

/** Most rows of one page (wire limit of every list). */
const LIMIT_MAX = 500

export interface ControlSetting {
  name: ControlName
  change: ControlChange
  /** Subject of the caller's key. */
  actor: string
}

export interface ControlPage {
  items: RuntimeControl[]
  nextCursor: string | null
}

/**
 * Records a setting and returns what its control now stands at, which is another caller's setting when that came later.
 * Throws `TooManyControlsError`.
 */
export async function putControl(pool: Pool, { name, change, actor }: ControlSetting): Promise<RuntimeControl> {
  const scope = { symbol: change.scope?.symbol ?? null, strategy_id: change.scope?.strategy_id ?? null }
  return await drizzle({ client: pool }).transaction(async (db) => {
    if (change.value) await requireRoom(db)
    const { value, reason, expires_at: expiresAt } = change
    const expires_at = expiresAt === null ? null : new Date(expiresAt)
    await db.insert(runtimeControlEvents).values({ name, ...scope, value, actor, reason, expires_at })
    const { symbol, strategy_id } = runtimeControls
    const rows = await db
      .select()
      .from(runtimeControls)
      .where(and(eq(runtimeControls.name, name), sameOrNull(symbol, scope.symbol), sameOrNull(strategy_id, scope.strategy_id)))
    const [row] = rows
    if (row === undefined) throw new TypeError(`Control "${name}" has no state after its event`)
    return toControl(row)
  })
}

/** Every control ever set, newest setting first. Throws `CursorInvalidError`. */
export async function listControls(pool: Pool, page: { limit?: number; cursor?: string | undefined } = {}): Promise<ControlPage> {
  const limit = Math.min(Math.max(Math.trunc(page.limit ?? 50), 1), LIMIT_MAX)
  const rows = await drizzle({ client: pool })
    .select()
    .from(runtimeControls)
    .where(page.cursor === undefined ? undefined : lt(runtimeControls.event_id, readCursor(page.cursor)))
    .orderBy(desc(runtimeControls.event_id))
    .limit(limit + 1)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(toControl),
    nextCursor: rows.length <= limit || last === undefined ? null : Buffer.from(`control ${last.event_id}`).toString('base64url'),
  }
}

/**
 * The controls that are on. Expired ones go an hour after their time: whether one is still in force is for the reader's
 * clock to say, and that may be behind the database's.
 */
export async function listControlsOn(client: Pool | Client): Promise<RuntimeControl[]> {
  const rows = await drizzle({ client })
    .select()
    .from(runtimeControls)
    .where(isOn(sql`now() - interval '1 hour'`))
  return rows.map(toControl)
}

async function requireRoom(db: NodePgDatabase): Promise<void> {
  const onCount = await db.$count(runtimeControls, isOn(sql`now()`))
  if (onCount >= CONTROLS_ON_MAX) throw new TooManyControlsError(CONTROLS_ON_MAX)
}

function isOn(expiryAfter: SQL): SQL | undefined {
  const { value, expires_at } = runtimeControls
  return and(eq(value, true), or(isNull(expires_at), gt(expires_at, expiryAfter)))
}

function sameOrNull(column: AnyPgColumn, value: string | null): SQL {
  return value === null ? isNull(column) : eq(column, value)
}

function toControl(row: typeof runtimeControls.$inferSelect): RuntimeControl {
  return {
    // The table's CHECK holds the same list of names.
    name: row.name as ControlName,
    scope: toScope(row),
    value: row.value,
    actor: row.actor,
    reason: row.reason,
    set_at: row.set_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
  }
}

function toScope({ symbol, strategy_id }: { symbol: string | null; strategy_id: string | null }): ControlScope | null {
  if (symbol === null && strategy_id === null) return null
  return { ...(symbol === null ? {} : { symbol }), ...(strategy_id === null ? {} : { strategy_id }) }
}

function readCursor(cursor: string): number {
  const [, eventId = ''] = /^control ([1-9]\d{0,14})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (eventId === '') throw new CursorInvalidError()
  return Number(eventId)
}
