import { z } from 'zod'

import { ENOUGH_REVIEWS } from '../alerts/promql.ts'
import { fetchText } from '../check/fetch-text.ts'
import { addressOf } from '../pin/live-denylist.ts'
import { readSamples, sumOf } from './prometheus-text.ts'
import type { Sample } from './prometheus-text.ts'

/** One thing that was looked at. */
export interface SmokeFinding {
  name: string
  isWell: boolean
  detail: string
}

/** Most reviews that may end in the fallback after a change of the pin (minimum policy, item 5). */
const FALLBACK_SHARE_MAX = 0.05

const Readiness = z.object({
  status: z.string(),
  reasons: z.array(z.object({ name: z.string(), reason: z.string() })),
})

const Status = z.object({
  llm: z.object({
    effective_fail_mode: z.string(),
    circuit: z.object({ open: z.boolean() }).nullable(),
    guardrails: z.object({ allow_requests: z.boolean(), reasons: z.array(z.string()) }),
  }),
})

const Runtime = z.object({ artifact: z.object({ hash: z.string(), verified: z.boolean(), reason: z.string().nullable() }) })

/**
 * Asks a running review API whether the trading loop and its gates are well with the artifact that should serve. What
 * does not answer is a finding, not an error: after a rollback that is what somebody wants to know.
 */
export async function smokeCheck(url: string, apiKey: string | null, artifactHash: string): Promise<SmokeFinding[]> {
  const ask = async (path: string, judge: (text: string) => Omit<SmokeFinding, 'name'>[]) => {
    try {
      return judge(await fetchText(addressOf(url, path), apiKey)).map((finding) => ({ name: path, ...finding }))
    } catch (error) {
      return [{ name: path, isWell: false, detail: error instanceof Error ? error.message : String(error) }]
    }
  }
  const findings = await Promise.all([
    ask('/readyz', judgeReadiness),
    ask('/trading/status', judgeStatus),
    ask('/v1/runtime', (text) => judgeRuntime(text, artifactHash)),
    ask('/metrics', (text) => judgeMetrics(readSamples(text), artifactHash)),
  ])
  return findings.flat()
}

/** Findings as lines for a person. */
export function smokeLines(findings: readonly SmokeFinding[]): string[] {
  return findings.map(({ name, isWell, detail }) => `${isWell ? 'ok  ' : 'BAD '} ${name}: ${detail}`)
}

type Judgement = Omit<SmokeFinding, 'name'>[]

/** Degraded serves, and says of what; only a process that never was ready is not well. */
function judgeReadiness(text: string): Judgement {
  const { status, reasons } = Readiness.parse(JSON.parse(text))
  const told = reasons.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
  return [{ isWell: status === 'ready' || status === 'degraded', detail: told === '' ? status : `${status} (${told})` }]
}

function judgeStatus(text: string): Judgement {
  const { llm } = Status.parse(JSON.parse(text))
  const { allow_requests: allowed, reasons } = llm.guardrails
  return [
    { isWell: allowed, detail: allowed ? 'reviews reach the program' : `no review reaches the program: ${reasons.join(', ')}` },
    { isWell: llm.circuit?.open !== true, detail: llm.circuit?.open === true ? 'the breaker is open' : 'the breaker is closed' },
    { isWell: llm.effective_fail_mode === 'veto', detail: `a failed review is a ${llm.effective_fail_mode}` },
  ]
}

function judgeRuntime(text: string, wanted: string): Judgement {
  const { artifact } = Runtime.parse(JSON.parse(text))
  const isThere = artifact.hash === wanted
  return [
    { isWell: isThere, detail: isThere ? `runs ${wanted}` : `still runs ${artifact.hash}: the new pin was not synced` },
    { isWell: artifact.verified, detail: artifact.verified ? 'its artifact verified' : `its artifact is not served: ${artifact.reason ?? 'no reason given'}` },
  ]
}

function judgeMetrics(samples: readonly Sample[], wanted: string): Judgement {
  const served = samples.find(({ name, value }) => name === 'torghut_active_artifact_info' && value === 1)
  const serves = served?.labels['artifact_hash']
  const violations = sumOf(samples, 'torghut_trading_llm_stage_policy_violation_total')
  const alignment = sumOf(samples, 'torghut_trading_llm_committee_veto_alignment_rate')
  return [
    { isWell: serves === wanted, detail: serves === undefined ? 'no artifact is active' : `${serves} is active` },
    { isWell: violations === 0, detail: `${violations ?? 'no count of'} stage policy violations` },
    { isWell: alignment === 1, detail: `${alignment ?? 'no count'} of the committee's mandatory vetoes ended in a veto` },
    judgeFallbacks(samples),
  ]
}

function judgeFallbacks(samples: readonly Sample[]): Judgement[number] {
  const reviews = sumOf(samples, 'torghut_trading_llm_requests_total')
  const failed = sumOf(samples, 'torghut_trading_llm_error_total')
  if (reviews === undefined || failed === undefined) return { isWell: false, detail: 'reviews are not counted' }
  const counted = `${failed} of ${reviews} reviews ended in the fallback`
  if (reviews < ENOUGH_REVIEWS) return { isWell: true, detail: `${counted}; below ${ENOUGH_REVIEWS} that says little` }
  return { isWell: failed / reviews <= FALLBACK_SHARE_MAX, detail: `${counted}, at most ${FALLBACK_SHARE_MAX * 100} % may` }
}
