import process from 'node:process'

import { DenylistEntry, Rollout, RolloutEvent } from '@torghut/contracts'
import Table from 'cli-table3'
import { z } from 'zod'

import { apiTarget, callApi } from '../api/api-client.ts'
import type { ApiCall } from '../api/api-client.ts'
import type { ApiArguments } from '../api/api-options.ts'
import { CliError } from '../errors.ts'
import { plain } from '../terminal/plain.ts'

export interface MoveArguments extends ApiArguments {
  reason: string
}

export interface StartArguments extends MoveArguments {
  hash: string
  target: string | undefined
}

export interface DenialArguments extends MoveArguments {
  hash: string
}

const CALL_TIMEOUT_MS = 10_000

/** Only what the commands show; a newer API may say more. */
const Status = z.object({
  base_artifact_hash: z.string(),
  rollout: z.object(Rollout.shape).nullable(),
  share_percent: z.number(),
  candidate_problem: z.string().nullable(),
  events: z.array(z.object(RolloutEvent.shape)),
})
type Status = z.output<typeof Status>

const Denylist = z.object({ items: z.array(z.object(DenylistEntry.shape)) })

/** Prints where the newest rollout stands. */
export async function showRollout(argv: ApiArguments): Promise<void> {
  await tellStatus(argv, { method: 'GET', path: '/v1/rollout' })
}

/** Begins a rollout and prints it. */
export async function startRollout(argv: StartArguments): Promise<void> {
  const { hash, target, reason } = argv
  const body = { candidate_artifact_hash: hash, reason, ...(target === undefined ? {} : { target }) }
  await tellStatus(argv, { method: 'POST', path: '/v1/rollout/start', body: JSON.stringify(body) })
}

/** Moves the rollout and prints where it stands then. */
export async function moveRollout(argv: MoveArguments, move: string): Promise<void> {
  const body = JSON.stringify({ reason: argv.reason })
  await tellStatus(argv, { method: 'POST', path: `/v1/rollout/${move}`, body })
}

/** Prints every denial. */
export async function showDenylist(argv: ApiArguments): Promise<void> {
  await tellDenylist(argv, { method: 'GET', path: '/v1/denylist' })
}

/** Denies an artifact or clears its denial, and prints the list as it stands then. */
export async function changeDenial(argv: DenialArguments, denied: boolean): Promise<void> {
  const body = JSON.stringify({ denied, reason: argv.reason })
  await tellDenylist(argv, { method: 'PUT', path: `/v1/denylist/${encodeURIComponent(argv.hash)}`, body })
}

async function tellStatus(argv: ApiArguments, call: Omit<ApiCall, 'timeoutMs'>): Promise<void> {
  const status = read(await callApi(apiTarget(argv), { ...call, timeoutMs: CALL_TIMEOUT_MS }), Status)
  process.stdout.write(argv.json ? `${JSON.stringify(status)}\n` : statusText(status))
}

async function tellDenylist(argv: ApiArguments, call: Omit<ApiCall, 'timeoutMs'>): Promise<void> {
  const { items } = read(await callApi(apiTarget(argv), { ...call, timeoutMs: CALL_TIMEOUT_MS }), Denylist)
  process.stdout.write(argv.json ? `${JSON.stringify({ items })}\n` : denylistText(items))
}

function read<Schema extends z.ZodType>(answer: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new CliError('The API did not answer with a rollout: is it another version?')
}

function statusText({ base_artifact_hash: base, rollout, share_percent: share, candidate_problem: problem, events }: Status): string {
  if (rollout === null) return `no rollout was ever begun; ${base} serves everything\n`
  const facts = new Table({ style: { head: [], border: [] } })
  facts.push(
    ['rollout', `${rollout.state} at ${rollout.step === 'shadow' ? 'shadow' : `${rollout.step} %`}, for ${rollout.target}`],
    ['base', rollout.base_artifact_hash],
    ['candidate', rollout.candidate_artifact_hash],
    ['share now', `${share} %${problem === null ? '' : `, but the base serves it: ${plain(problem, 120)}`}`],
  )
  const table = new Table({ head: ['at', 'event', 'to', 'by', 'reason'], style: { head: [], border: [] } })
  for (const { event_at: at, event, step_after: step, actor, reason } of events) {
    table.push([at, event, step, plain(actor, 40), plain(reason, 60)])
  }
  return `${facts.toString()}\n${table.toString()}\n`
}

function denylistText(items: z.output<typeof Denylist>['items']): string {
  if (items.length === 0) return 'no artifact was ever denied\n'
  const table = new Table({ head: ['artifact', 'since', 'by', 'why', 'cleared'], style: { head: [], border: [] } })
  for (const item of items) {
    const cleared = item.cleared === null ? 'no' : `by ${plain(item.cleared.cleared_by, 40)}: ${plain(item.cleared.reason, 40)}`
    table.push([item.artifact_hash, item.denied_at, plain(item.denied_by, 40), plain(item.reason, 60), cleared])
  }
  return `${table.toString()}\n`
}
