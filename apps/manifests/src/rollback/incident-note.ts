import type { RolloutEvent, Stage } from '@torghut/contracts'

import type { RolloutEvidence } from './rollout-evidence.ts'

/** What is known when a pin goes back. */
export interface Incident {
  hash: string
  pinnedAgain: { hash: string; revision: string }
  at: string
  by: string
  reason: string
  impact: string | undefined
  correction: string | undefined
  /** When and for what the artifact was pinned; null when the history does not know. */
  pinned: { at: string; by: string; target: Stage | null } | null
  evidence: RolloutEvidence | null
  traffic: readonly { revisionName: string; percent: number }[]
}

/** Where the note of a rollback goes, below the root. */
export function incidentPath({ at, hash }: Pick<Incident, 'at' | 'hash'>): string {
  return `docs/incidents/${at.slice(0, 19).replaceAll(':', '')}-rollback-${hash.slice(0, 12)}.md`
}

/** The note: trigger, impact, corrective action, in Markdown. What nobody measured is said to be unknown. */
export function incidentNote(incident: Incident): string {
  const { hash, at, by } = incident
  const sections = [
    [`# Rollback of ${hash.slice(0, 12)}`, `Artifact ${hash}, taken back at ${at} by ${plain(by)}.`],
    ['## Trigger', ...triggerLines(incident)],
    ['## Impact', ...impactLines(incident)],
    ['## Corrective action', ...correctionLines(incident)],
  ]
  return `${sections.map((lines) => lines.join('\n\n')).join('\n\n')}\n`
}

function triggerLines({ reason, evidence }: Incident): string[] {
  const events = (evidence?.events ?? []).filter(({ event }) => STOPS.includes(event))
  if (events.length === 0) return [plain(reason)]
  return [plain(reason), events.toSorted((a, b) => a.seq - b.seq).map(eventLine).join('\n')]
}

/** What a rollout does when something is wrong. */
const STOPS: readonly RolloutEvent['event'][] = ['hold', 'pause', 'abort', 'rollback']

function eventLine({ event_at: at, event, actor, reason, step_before: from, evidence }: RolloutEvent): string {
  const facts = JSON.stringify(evidence)
  return `- ${at} ${event} at step ${from} by ${plain(actor)}: ${plain(reason)}${facts === '{}' ? '' : ` (\`${plain(facts).replaceAll('`', "'")}\`)`}`
}

function impactLines({ impact, pinned, evidence, at }: Incident): string[] {
  const since =
    pinned === null
      ? 'When it was pinned is not in the history.'
      : `It was pinned at ${pinned.at} by ${plain(pinned.by)}${pinned.target === null ? '' : `, promoted for ${pinned.target}`}, and served what no rollout took until ${at} or until this change is synced.`
  return [...(impact === undefined ? [] : [plain(impact)]), since, rolloutLine(evidence)]
}

function rolloutLine(evidence: RolloutEvidence | null): string {
  if (evidence === null) return 'No evidence of a rollout was given; how many decisions it reviewed has to be read from the audit.'
  const { rollout, sharePercent } = evidence
  return (
    `Rollout ${rollout.rollout_id} for ${rollout.target} went from ${rollout.started_at} to ${rollout.updated_at}; it is ${rollout.state} ` +
    `at step ${rollout.step}, with ${sharePercent} % of the decisions for the candidate ${rollout.candidate_artifact_hash}.`
  )
}

function correctionLines({ hash, pinnedAgain, traffic, correction }: Incident): string[] {
  const shares = traffic.map(({ revisionName, percent }) => `${percent} % to ${revisionName}`)
  return [
    [
      `- ${pinnedAgain.hash} is pinned again, as revision ${pinnedAgain.revision}.`,
      `- ${hash} is on config/deploy/denylist.json: generate, converge and pin refuse it until a person clears it with a reason.`,
      ...(shares.length === 0 ? ['- All requests go to the newest revision.'] : [`- Requests are shared: ${shares.join(', ')}.`]),
      ...(correction === undefined ? [] : [`- ${plain(correction)}`]),
    ].join('\n'),
  ]
}

/** Words of people on one line, without mark-up of theirs at its start. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').replace(/[<>]/g, '\\$&').replace(/^[#>\-+*\s]+/, '').trim()
}
