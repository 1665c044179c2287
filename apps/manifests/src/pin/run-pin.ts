import { join } from 'node:path'

import { PinRefusedError } from '../errors.ts'
import { readInputs, readValues } from '../inputs/read-values.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { Risks, unresolvedRisks } from '../inputs/risks.ts'
import { imageOf } from '../torghut/names.ts'
import { planChanges } from './change-set.ts'
import { checkHash } from './check-hash.ts'
import { evidencePath, readEvidence, verifyEvidence, verifyKept } from './evidence.ts'
import { instantText, judgedAt } from './instant.ts'
import type { JudgedAt } from './instant.ts'
import { readLiveDenylist } from './live-denylist.ts'
import { movePin, pinnedHash, promotionMark } from './make-pin.ts'
import type { MovedPin } from './make-pin.ts'
import { filesOf, jsonText } from './pin-files.ts'
import { pinContext } from './pin-context.ts'
import { pullRequestText } from './pull-request.ts'
import { settleMove } from './settle-move.ts'
import { checkFreshness, pinTarget } from './verify-promotion.ts'
import type { VerifiedPromotion } from './verify-promotion.ts'

export interface PinRun {
  root: string
  hash: string | undefined
  bundle: string | undefined
  approvers: string | undefined
  url: string | undefined
  apiKey: string | null
  asOf: string | undefined
  by: string | undefined
  isCheck: boolean
  asJson: boolean
  pullRequest: string | undefined
}

/** Pins a promoted artifact: proves its evidence, writes pins, history, evidence and tree, and tells what changed. */
export async function runPin(run: PinRun): Promise<void> {
  const before = readInputs(join(run.root, 'config/deploy'))
  const judged = judgedAt(run.asOf, before.deploy.tradingMode)
  if (run.hash !== undefined) checkHash(run.hash, before.denylist)
  const promotion = await provePromotion(run, before, judged)
  if (run.url !== undefined) await refuseDeniedLive(run.url, run.apiKey, promotion.artifactHash)
  const { artifactHash } = promotion
  if (artifactHash === pinnedHash(before)) {
    settleMove({ ...run, changes: [], previous: artifactHash, pinned: artifactHash, pullRequest: null, pullRequestFile: undefined, notes: [] })
    return
  }
  const risks = unresolvedRisks(readValues(join(run.root, 'config/risks.yaml'), Risks))
  const moved = pinMove(before, promotion, run, judged)
  const changes = planChanges(run.root, new Map([
    [evidencePath(artifactHash, promotion.parts.promotion.target), jsonText(promotion.bundle)],
    ...filesOf(run.root, moved.inputs),
  ]))
  const text = pinStory(before, moved, promotion, risks, judged)
  settleMove({
    ...run,
    changes,
    previous: pinnedHash(before),
    pinned: artifactHash,
    pullRequest: text,
    pullRequestFile: run.pullRequest,
    notes: before.traffic === null ? [] : ['the declared traffic split ends: all requests go to the new revision'],
  })
}

/** The bundle that was given, or the one that was kept when this hash was pinned before. */
async function provePromotion(run: PinRun, before: Inputs, judged: JudgedAt): Promise<VerifiedPromotion> {
  const { root, hash, bundle } = run
  const context = pinContext(root, before, run.approvers)
  if (bundle === undefined && hash === undefined)
    throw new PinRefusedError('hash_unknown', 'give --bundle with a promotion, or the hash of one that was pinned before')
  const verified =
    bundle === undefined
      ? verifyKept(root, hash ?? '', pinTarget(context.tradingMode), context)
      : verifyEvidence(bundle, await readEvidence(bundle), context)
  checkHash(verified.artifactHash, before.denylist)
  if (hash !== undefined && verified.artifactHash !== hash)
    throw new PinRefusedError('evidence_of_another', `the evidence is about ${verified.artifactHash}, not ${hash}`)
  checkFreshness(verified.parts, judged.at)
  return verified
}

async function refuseDeniedLive(url: string, apiKey: string | null, hash: string): Promise<void> {
  const denial = await readLiveDenylist(url, apiKey, hash)
  if (denial === undefined) return
  const why = `the running service denies ${hash}: ${denial.reason} (${denial.denied_by}, ${denial.denied_at})`
  throw new PinRefusedError('hash_denied', why)
}

/** A pin means that its artifact serves: a split over older revisions would leave it without requests. */
function pinMove(before: Inputs, { artifactHash, parts, bundle }: VerifiedPromotion, { by }: PinRun, judged: JudgedAt): MovedPin {
  return movePin(before, { ...before, traffic: null }, {
    hash: artifactHash,
    action: 'pin',
    promotion: promotionMark(parts.promotion, bundle.manifest_hash),
    pinnedAt: instantText(judged.at),
    pinnedBy: by ?? parts.promotion.promoted_by,
    reason: parts.approval.reason,
  })
}

function pinStory(
  before: Inputs,
  { entry }: MovedPin,
  promotion: VerifiedPromotion,
  risks: ReturnType<typeof unresolvedRisks>,
  judged: JudgedAt,
): string {
  const { artifact_hash: hash, revision, replaced } = entry
  return pullRequestText({
    title: `Pin ${hash.slice(0, 12)} for ${promotion.parts.promotion.target}`,
    opening: [
      'The promoted program becomes the base of every review that no rollout takes. The template of the review API has a new name with it,',
      'so this is a new revision beside the old one.',
      ...(before.traffic === null ? [] : ['', 'The declared split of the traffic ends with it.']),
    ],
    pinned: { hash, revision },
    previous: { hash: replaced.artifact_hash, revision: replaced.revision },
    image: imageOf(before.deploy),
    promotion,
    risks,
    undo: [
      `At once: \`torghut manifests rollback ${hash} --reason … --by …\` pins what was promoted before and denies this one until a person clears it.`,
      `Without blame: revert this commit; ${replaced.artifact_hash} is pinned again, as revision ${replaced.revision}.`,
    ],
    judged,
  })
}
