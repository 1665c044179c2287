import { readFileSync } from 'node:fs'

import { PolicyFile } from '@torghut/contracts'
import { GATE_CATALOGUE } from '@torghut/gates'
import type { GateAbout } from '@torghut/gates'
import { parse } from 'yaml'

import { code, table } from './markdown.ts'

const NOTE = '<!-- Written by `npm run docs` from libs/gates/src/decision and config/gate-policy.yaml: edit it there. -->'

const COMMITTED_POLICY = new URL('../../../config/gate-policy.yaml', import.meta.url)

/** Every gate in the order its outcome is listed: what it checks, why, its limit as committed, its codes, what to do. */
export function gatesPage(): string {
  const file = PolicyFile.parse(parse(readFileSync(COMMITTED_POLICY, 'utf8')))
  const rows = GATE_CATALOGUE.map((about) => [
    code(about.gate),
    about.checks,
    about.why,
    defaultsOf(about, file),
    about.codes.map(code).join(', ') || 'none',
    about.action,
  ])
  return [
    NOTE,
    '',
    '# Decision gates',
    '',
    'Every review is decided by these gates, in this order; the first that denies gives the verdict its `reason`. An order',
    'that is proved to only reduce an open position is approved by `proved-exit` alone, and nothing else is asked.',
    '',
    'From `symbol-match` on stands the pre-trade set. It judges the original order before a model is asked, and then the',
    'order that would be sent: what the advice made of it, halved by a degrade, rounded down to the lot and to the less',
    'aggressive tick. An order that a gate changed is an `adjust`, whatever the advice said and whether or not advice may',
    'adjust: send `decision`, never the original. An advice cannot save an order the gates deny.',
    '',
    'Four codes are shared. `evidence_unreadable`: something was sent that cannot be judged. `limit_not_configured`,',
    '`gate_state_missing` and `market_context_missing`: something is absent; live denies with the code, paper passes and',
    'says so in the evidence as `stated`. A policy file that leaves a limit open is refused in live as a whole.',
    '',
    'Limits come from the file that `TORGHUT_GATE_POLICY_FILE` names; those of the advice and the context come from the',
    '[environment](environment.md). Exactly on a limit passes, except for counts: the order that would exceed one is denied.',
    '`by_symbol` may set other limits for single instruments.',
    '',
    'Clauses: RTS 6 is Commission Delegated Regulation (EU) 2017/589, SEC 15c3-5 is 17 CFR 240.15c3-5.',
    '',
    table(['gate', 'what it checks', 'why', 'default', 'codes', 'what a person does'], rows),
    '',
  ].join('\n')
}

/** Limits with the value of the committed file; those of the environment are only named. */
function defaultsOf({ limits }: GateAbout, file: PolicyFile): string {
  return limits.map((path) => (path === path.toUpperCase() ? code(path) : `${code(path)}: ${valueAt(file, path)}`)).join('; ') || 'none'
}

function valueAt(file: PolicyFile, path: string): string {
  const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], file)
  return value === null ? 'not set' : code(JSON.stringify(value))
}
