import { join } from 'node:path'
import process from 'node:process'

import { PROGRAM_KIND } from '@torghut/contracts'
import type { DenylistEntry } from '@torghut/contracts'

import { ManifestsError, PinRefusedError } from '../errors.ts'
import { readFileOf } from '../inputs/read-file.ts'
import { readInputs, readValues } from '../inputs/read-values.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { Risks, unresolvedRisks } from '../inputs/risks.ts'
import { planChanges } from '../pin/change-set.ts'
import { readEvidence } from '../pin/evidence.ts'
import { instantText, judgedAt } from '../pin/instant.ts'
import type { JudgedAt } from '../pin/instant.ts'
import { movePin, pinnedHash } from '../pin/make-pin.ts'
import type { MovedPin } from '../pin/make-pin.ts'
import { filesOf } from '../pin/pin-files.ts'
import { pinContext } from '../pin/pin-context.ts'
import { pullRequestText } from '../pin/pull-request.ts'
import { settleMove } from '../pin/settle-move.ts'
import { imageOf } from '../torghut/names.ts'
import { findPrior } from './find-prior.ts'
import type { Prior } from './find-prior.ts'
import { incidentNote, incidentPath } from './incident-note.ts'
import type { Incident } from './incident-note.ts'
import { liveRevisions, readSplit } from './read-split.ts'
import { readRolloutEvidence } from './rollout-evidence.ts'
import type { RolloutEvidence } from './rollout-evidence.ts'
import { smokeCheck, smokeLines } from './smoke-check.ts'

export interface RollbackRun {
  root: string
  hash: string
  to: string | undefined
  toSeed: boolean
  reason: string
  impact: string | undefined
  correction: string | undefined
  by: string
  evidence: string | undefined
  traffic: readonly string[]
  live: string | undefined
  approvers: string | undefined
  url: string | undefined
  apiKey: string | null
  asOf: string | undefined
  isCheck: boolean
  asJson: boolean
  pullRequest: string | undefined
}

/**
 * Takes a pinned artifact back: denies it, pins what was promoted before it, writes the incident note, and looks at the
 * running service when one is named.
 */
export async function runRollback(run: RollbackRun): Promise<void> {
  const { root, hash } = run
  const before = readInputs(join(root, 'config/deploy'))
  const judged = judgedAt(run.asOf, before.deploy.tradingMode)
  const pinned = pinnedHash(before)
  if (hash !== pinned) throw new PinRefusedError('hash_not_pinned', `${hash} is not pinned; ${pinned} is`)
  const prior = findPrior(root, before, hash, run, pinContext(root, before, run.approvers))
  const evidence = run.evidence === undefined ? null : readRolloutEvidence(run.evidence, await readEvidence(run.evidence), hash)
  const moved = rollbackMove(before, prior, evidence, run, judged)
  const incident = incidentOf(before, moved, evidence, run, judged)
  const risks = unresolvedRisks(readValues(join(root, 'config/risks.yaml'), Risks))
  settleMove({
    ...run,
    changes: planChanges(root, new Map([[incidentPath(incident), incidentNote(incident)], ...filesOf(root, moved.inputs)])),
    previous: hash,
    pinned: prior.hash,
    pullRequest: rollbackStory(moved, prior, risks, incident, judged),
    pullRequestFile: run.pullRequest,
    notes: notesOf(moved.inputs),
  })
  if (run.url !== undefined) await tellSmoke(run.url, run.apiKey, prior.hash)
}

/** Also the command `smoke`: what the running service says, exit code 1 when something is not well. */
export async function tellSmoke(url: string, apiKey: string | null, artifactHash: string, asJson = false): Promise<void> {
  const findings = await smokeCheck(url, apiKey, artifactHash)
  if (findings.some(({ isWell }) => !isWell)) process.exitCode = 1
  // The report of the move is on standard output; the check of the service does not get into it.
  if (asJson) process.stdout.write(`${JSON.stringify({ artifact_hash: artifactHash, findings })}\n`)
  else process.stderr.write(`${smokeLines(findings).join('\n')}\n`)
}

function rollbackMove(before: Inputs, prior: Prior, evidence: RolloutEvidence | null, run: RollbackRun, judged: JudgedAt): MovedPin {
  const deniedAt = instantText(judged.at)
  const denial: DenylistEntry = {
    kind: PROGRAM_KIND,
    program_name: before.pins.env['LLM_DSPY_PROGRAM_NAME'] ?? '',
    artifact_hash: run.hash,
    source: evidence === null ? 'person' : 'rollout',
    rollout_id: evidence?.rollout.rollout_id ?? null,
    denied_by: run.by,
    reason: run.reason,
    denied_at: deniedAt,
    cleared: null,
  }
  const denied = { ...before, denylist: { entries: [...before.denylist.entries, denial] }, traffic: null }
  const moved = movePin(before, denied, {
    hash: prior.hash,
    action: 'rollback',
    promotion: prior.mark,
    pinnedAt: deniedAt,
    pinnedBy: run.by,
    reason: run.reason,
  })
  // The split may name the revision this very move makes.
  const live = run.live === undefined ? new Map<string, string>() : liveRevisions(run.live, readFileOf(run.live))
  if (run.traffic.length === 0 && run.live !== undefined) throw new ManifestsError('--live says which revisions --traffic may name: give it too')
  return { ...moved, inputs: { ...moved.inputs, traffic: readSplit(run.traffic, moved.inputs, live) } }
}

function incidentOf(before: Inputs, { inputs, entry }: MovedPin, evidence: RolloutEvidence | null, run: RollbackRun, judged: JudgedAt): Incident {
  const past = before.history.pins.findLast(({ artifact_hash: was }) => was === run.hash)
  return {
    hash: run.hash,
    pinnedAgain: { hash: entry.artifact_hash, revision: entry.revision },
    at: instantText(judged.at),
    by: run.by,
    reason: run.reason,
    impact: run.impact,
    correction: run.correction,
    pinned: past === undefined ? null : { at: past.pinned_at, by: past.pinned_by, target: past.promotion?.target ?? null },
    evidence,
    traffic: inputs.traffic?.traffic ?? [],
  }
}

function notesOf({ traffic }: Inputs): string[] {
  return traffic === null ? [] : [ARGO_NOTE]
}

const ARGO_NOTE =
  'Argo CD ignores /spec/traffic: it shows no drift of a split and takes none back. This one is applied because the same commit changes ' +
  'the template; a split set by hand later stays until the next such change. manifests check --live tells the difference.'

function rollbackStory(
  { inputs, entry }: MovedPin,
  { promotion }: Prior,
  risks: ReturnType<typeof unresolvedRisks>,
  incident: Incident,
  judged: JudgedAt,
): string {
  const { hash } = incident
  return pullRequestText({
    title: `Roll back ${hash.slice(0, 12)}`,
    opening: [
      `${hash} is taken back and denied; what was promoted before it is pinned again. Trigger, impact and corrective action: ${incidentPath(incident)}.`,
      ...(inputs.traffic === null ? [] : ['', ...splitLines(inputs), '', ARGO_NOTE]),
    ],
    pinned: { hash: entry.artifact_hash, revision: entry.revision },
    previous: { hash: entry.replaced.artifact_hash, revision: entry.replaced.revision },
    image: imageOf(inputs.deploy),
    promotion,
    risks,
    undo: [
      `A person clears the denial: \`torghut manifests denylist clear ${hash} --reason … --by …\`.`,
      `The artifact is promoted again, with a fresh evaluation and approval, and pinned: \`torghut manifests pin ${hash} --bundle …\`.`,
      'A plain revert of this commit brings the denied pin back only together with its denylist entry removed; review that as a promotion.',
    ],
    judged,
  })
}

function splitLines({ traffic }: Inputs): string[] {
  return (traffic?.traffic ?? []).map(
    ({ revisionName, percent, tag }) => `- ${percent} % to \`${revisionName}\`${tag === undefined ? '' : `, tagged \`${tag}\``}`,
  )
}
