import { z } from 'zod'

import { sha256Hex } from '../canonical/canonical-json.ts'
import { inspectJson } from '../canonical/inspect-json.ts'
import { UnusableRunPrefixError } from '../errors.ts'
import type { ValidationIssue } from '../problem/validation-issue.ts'
import { toValidationIssues } from '../problem/validation-issue.ts'
import { text } from '../scalars.ts'
import { LANE_SPECS, Lane, LaneRun, withLaneDefaults } from './lane.ts'

/** Longest key: it becomes a Kubernetes label value (contract, 6.5). */
const KEY_LENGTH_MAX = 63

/** A key that is too long keeps this much of its text and this much of its hash, a hyphen between (contract, 6.5). */
const KEY_TEXT_LENGTH = 52
const KEY_HASH_LENGTH = 10

/** 30 days: a finished run that is kept longer was forgotten. */
const TTL_SECONDS_MAX = 30 * 24 * 60 * 60

/** The name of a run: the same run asked for twice is one run. */
export const AgentRunKey = z.string().regex(/^[A-Za-z0-9_.-]{1,63}$/)

const Named = z.strictObject({ name: text(128) })

/**
 * The body of `POST /v1/agent-runs` (contract, 6.5), camelCase as its other readers expect. What each lane's
 * parameters must hold is checked after this, by `parseAgentRunRequest`.
 */
export const AgentRunRequest = z.strictObject({
  namespace: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
  idempotencyKey: AgentRunKey,
  agentRef: Named,
  implementationSpecRef: z.strictObject({ name: z.enum(Object.values(LANE_SPECS)) }),
  runtime: z.strictObject({ type: z.literal('job') }),
  vcsRef: Named,
  vcsPolicy: z.strictObject({ required: z.literal(true), mode: z.literal('read-write') }),
  parameters: z.record(z.string(), z.string()),
  policy: z.strictObject({ secretBindingRef: text(253) }),
  ttlSecondsAfterFinished: z.int().min(0).max(TTL_SECONDS_MAX),
})
export type AgentRunRequest = z.output<typeof AgentRunRequest>

export type ParsedAgentRun =
  | { ok: true; request: AgentRunRequest; run: LaneRun }
  | { ok: false; issues: ValidationIssue[] }

/** Reads a posted run: the envelope, then the parameters of its lane. Never throws on any JSON value. */
export function parseAgentRunRequest(body: unknown): ParsedAgentRun {
  const unsafe = inspectJson(body)
  if (unsafe.length > 0) return { ok: false, issues: unsafe }
  const request = AgentRunRequest.safeParse(body, { reportInput: true })
  if (!request.success) return { ok: false, issues: toValidationIssues(request.error) }
  const { implementationSpecRef, parameters } = request.data
  const run = LaneRun.safeParse({ lane: laneOf(implementationSpecRef.name), parameters }, { reportInput: true })
  if (!run.success) return { ok: false, issues: toValidationIssues(run.error) }
  return { ok: true, request: request.data, run: run.data }
}

/** What a run is asked for by; everything else of the body follows from it. */
export interface AgentRunOrder {
  lane: Lane
  /** Names a whole pass through the lanes; each lane of it gets a key of its own. */
  runPrefix: string
  parameters: Readonly<Record<string, string>>
  secretBindingRef: string
  ttlSeconds: number
}

/** Writes the body for a run, defaults filled in. It is still to be parsed: parameters may be missing or wrong. */
export function agentRunRequest(order: AgentRunOrder): AgentRunRequest {
  const { lane, runPrefix, parameters, secretBindingRef, ttlSeconds } = order
  return {
    namespace: 'agents',
    idempotencyKey: agentRunKey(runPrefix, lane),
    agentRef: { name: 'codex-spark-agent' },
    implementationSpecRef: { name: LANE_SPECS[lane] },
    runtime: { type: 'job' },
    vcsRef: { name: 'github' },
    vcsPolicy: { required: true, mode: 'read-write' },
    parameters: withLaneDefaults(lane, parameters),
    policy: { secretBindingRef },
    ttlSecondsAfterFinished: ttlSeconds,
  }
}

/**
 * The idempotency key of a lane's run: `<run prefix>-<lane>` in letters, digits, `_`, `.` and `-`, at most 63 of them.
 * A longer one ends in ten hex digits of its hash. Throws `UnusableRunPrefixError` for a prefix without a letter or
 * digit.
 */
export function agentRunKey(runPrefix: string, lane: Lane): string {
  if (!/[A-Za-z0-9]/.test(runPrefix)) throw new UnusableRunPrefixError(runPrefix)
  const key = `${runPrefix}-${lane}`.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-.]+/, '')
  if (key.length <= KEY_LENGTH_MAX) return key
  const kept = key.slice(0, KEY_TEXT_LENGTH).replace(/[-.]+$/, '')
  return `${kept}-${sha256Hex(key).slice(0, KEY_HASH_LENGTH)}`
}

function laneOf(specName: string): Lane | undefined {
  return Lane.options.find((lane) => LANE_SPECS[lane] === specName)
}
