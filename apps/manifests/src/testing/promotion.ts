import { generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { approvalPayload, hashJson, promotionBundle, sha256Hex } from '@torghut/contracts'
import type { Approval, ProgramArtifact, PromotionBundle, PromotionParts } from '@torghut/contracts'
import { exampleApproval, exampleEvalReport, examplePromotion } from '@torghut/contracts/testing'
import { seedArtifact } from '@torghut/programs'

/** A person of a test who approves, with a real key. */
export interface TestApprover {
  subject: string
  privateKey: KeyObject
  publicPem: string
  keyId: string
}

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url))
const MODEL = 'gpt-5.3-codex-spark'

/** When the example promotion was made; an hour later its approval still counts. */
export const PROMOTED_AT = '2026-03-01T10:00:00Z'
export const AN_HOUR_LATER = '2026-03-01T11:00:00Z'

export function newApprover(subject = 'risk-desk'): TestApprover {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return { subject, privateKey, publicPem, keyId: sha256Hex(publicKey.export({ type: 'spki', format: 'der' })) }
}

/** A program this code can run: the seed, as if a compile had made it. The seed of the compile tells artifacts apart. */
export function compiledArtifact(seed = 'seed-1', change: Partial<ProgramArtifact> = {}): ProgramArtifact {
  const provenance = { dataset_hash: sha256Hex('data set'), optimizer: 'miprov2', seed, metric_policy_hash: sha256Hex('metric policy') }
  return { ...seedArtifact(MODEL), kind: 'compiled', provenance, ...change }
}

type Changes = { [Part in keyof PromotionParts]?: Partial<PromotionParts[Part]> }

/** Parts that hang together after the changes, the approval signed with the approver's key. */
export function promotionParts(approver: TestApprover, artifact = compiledArtifact(), changes: Changes = {}): PromotionParts {
  const of = { program_name: artifact.program_name, artifact_hash: hashJson(artifact) }
  const evalReport = { ...exampleEvalReport(), ...of, ...changes.evalReport }
  const eval_hash = hashJson(evalReport)
  const approval = signed({ ...exampleApproval(), ...of, eval_hash, subject: approver.subject, key_id: approver.keyId, ...changes.approval }, approver)
  const promotion = {
    ...examplePromotion(),
    ...of,
    eval_hash,
    approved_by: approval.subject,
    approval_id: approval.approval_id,
    approval_hash: hashJson(approval),
    target: approval.target,
    ...changes.promotion,
  }
  return { artifact, evalReport, approval, promotion }
}

export function signed(terms: Approval, { privateKey }: TestApprover): Approval {
  return { ...terms, signature: sign(null, approvalPayload(terms), privateKey).toString('base64url') }
}

export function bundleOf(approver: TestApprover, artifact = compiledArtifact(), changes: Changes = {}): PromotionBundle {
  return promotionBundle(promotionParts(approver, artifact, changes))
}

/** A copy of the committed values and tree in a folder of its own, with the approvers given. */
export function copyOfRepository(approvers: readonly TestApprover[]): string {
  const root = mkdtempSync(join(tmpdir(), 'torghut-pin-'))
  for (const folder of ['config', 'argocd']) cpSync(join(REPOSITORY, folder), join(root, folder), { recursive: true })
  mkdirSync(join(root, 'bundles'))
  writeFileSync(join(root, 'config/deploy/approvers.yaml'), JSON.stringify({ approvers: approvers.map(({ subject, publicPem }) => ({ subject, publicKey: publicPem })) }))
  writeFileSync(join(root, 'config/deploy/denylist.json'), '{\n  "entries": []\n}\n')
  writeFileSync(join(root, 'config/deploy/pin-history.json'), '{\n  "pins": []\n}\n')
  return root
}
