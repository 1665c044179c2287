import { z } from 'zod'

import { canonicalJson, hashJson, sha256Hex } from '../canonical/canonical-json.ts'
import { Sha256 } from '../scalars.ts'
import { Approval } from './approval.ts'
import { ProgramArtifact } from './artifact.ts'
import { EvalReport } from './eval-report.ts'
import { PromotionRecord } from './promotion.ts'

/** Largest part of a bundle, in UTF-16 units; an artifact of 16 nodes, each with full instructions, stays far below. */
const PART_LENGTH_MAX = 8 * 1024 * 1024

/** One part as the text that was hashed, so that nobody has to write it again to check it. */
const Part = z.strictObject({ sha256: Sha256, content: z.string().min(2).max(PART_LENGTH_MAX) })

/**
 * A promotion that can be checked without a database: artifact, evaluation, approval and record, each as canonical
 * JSON with its hash. `manifest_hash` is the hash of the object that maps the four names to their hashes.
 */
export const PromotionBundle = z.strictObject({
  schema_version: z.literal('torghut.promotion-bundle.v1'),
  parts: z.strictObject({ artifact: Part, eval_report: Part, approval: Part, promotion: Part }),
  manifest_hash: Sha256,
})
export type PromotionBundle = z.output<typeof PromotionBundle>

export interface PromotionParts {
  artifact: ProgramArtifact
  evalReport: EvalReport
  approval: Approval
  promotion: PromotionRecord
}

export type BundleFault =
  | 'bundle_shape'
  | 'part_hash_mismatch'
  | 'part_not_canonical'
  | 'part_shape'
  | 'manifest_hash_mismatch'
  | 'artifact_not_compiled'
  | 'artifact_binding'
  | 'eval_binding'
  | 'approval_binding'
  | 'approval_not_current'

export type ReadBundle = { ok: true; parts: PromotionParts } | { ok: false; code: BundleFault; detail: string }

/** Writes a bundle; the parts are trusted to be parsed. Same parts, same bytes. */
export function promotionBundle({ artifact, evalReport, approval, promotion }: PromotionParts): PromotionBundle {
  const parts = {
    artifact: toPart(artifact),
    eval_report: toPart(evalReport),
    approval: toPart(approval),
    promotion: toPart(promotion),
  }
  return { schema_version: 'torghut.promotion-bundle.v1', parts, manifest_hash: manifestHash(parts) }
}

/**
 * Reads a bundle and proves that it hangs together: every hash recomputed, every part canonical and of its shape, all
 * four about the same artifact, evaluation and target. The signature is left to whoever holds the approvers' keys.
 */
export function readPromotionBundle(value: unknown): ReadBundle {
  const bundle = PromotionBundle.safeParse(value)
  if (!bundle.success) return fault('bundle_shape', 'Not a promotion bundle')
  const { parts, manifest_hash } = bundle.data
  if (manifestHash(parts) !== manifest_hash) return fault('manifest_hash_mismatch', 'The manifest names other parts')
  const opened = openParts(parts)
  return opened.ok ? (bindingFault(opened.parts, parts) ?? opened) : opened
}

function toPart(content: unknown): z.output<typeof Part> {
  const text = canonicalJson(content)
  return { sha256: sha256Hex(text), content: text }
}

function manifestHash(parts: PromotionBundle['parts']): string {
  return hashJson(Object.fromEntries(Object.entries(parts).map(([name, { sha256 }]) => [name, sha256])))
}

function openParts(parts: PromotionBundle['parts']): ReadBundle {
  const artifact = openPart('artifact', parts.artifact, ProgramArtifact)
  const evalReport = openPart('eval_report', parts.eval_report, EvalReport)
  const approval = openPart('approval', parts.approval, Approval)
  const promotion = openPart('promotion', parts.promotion, PromotionRecord)
  if (!artifact.ok) return artifact
  if (!evalReport.ok) return evalReport
  if (!approval.ok) return approval
  if (!promotion.ok) return promotion
  return {
    ok: true,
    parts: {
      artifact: artifact.content,
      evalReport: evalReport.content,
      approval: approval.content,
      promotion: promotion.content,
    },
  }
}

type BundleFailure = Extract<ReadBundle, { ok: false }>

function openPart<Content>(
  name: keyof PromotionBundle['parts'],
  { sha256, content: text }: z.output<typeof Part>,
  schema: z.ZodType<Content>,
): { ok: true; content: Content } | BundleFailure {
  if (sha256Hex(text) !== sha256) return fault('part_hash_mismatch', `Part "${name}" hashes to another name`)
  const value = readCanonical(text)
  if (value === undefined) return fault('part_not_canonical', `Part "${name}" is not canonical JSON`)
  const parsed = schema.safeParse(value)
  // What parsing would change (a default, an offset time) is not what the hash covers.
  if (parsed.success && canonicalJson(parsed.data) === text) return { ok: true, content: parsed.data }
  return fault('part_shape', `Part "${name}" has not the shape of its kind`)
}

function readCanonical(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return canonicalJson(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

function bindingFault(
  { artifact, evalReport, approval, promotion }: PromotionParts,
  hashes: PromotionBundle['parts'],
): BundleFailure | null {
  if (artifact.kind !== 'compiled') return fault('artifact_not_compiled', 'Only a compiled artifact is promoted')
  const programs = [artifact, evalReport, approval, promotion].map((part) => part.program_name)
  const artifacts = [evalReport, approval, promotion].map((part) => part.artifact_hash)
  if (new Set(programs).size !== 1 || artifacts.some((hash) => hash !== hashes.artifact.sha256)) {
    return fault('artifact_binding', 'The parts are not about one artifact')
  }
  const evals = [approval.eval_hash, promotion.eval_hash]
  if (evals.some((hash) => hash !== hashes.eval_report.sha256) || evalReport.compile_hash !== promotion.compile_hash) {
    return fault('eval_binding', 'Approval and promotion do not name this evaluation')
  }
  return approvalFault({ evalReport, approval, promotion }, hashes.approval.sha256)
}

function approvalFault(
  { evalReport, approval, promotion }: Omit<PromotionParts, 'artifact'>,
  hash: string,
): BundleFailure | null {
  const named = promotion.approval_hash === hash && promotion.approval_id === approval.approval_id
  if (!named || promotion.approved_by !== approval.subject || promotion.target !== approval.target) {
    return fault('approval_binding', 'The promotion does not rest on this approval')
  }
  const [evaluated = 0, issued = 0, promoted = 0, expires = 0] = [
    evalReport.evaluated_at,
    approval.issued_at,
    promotion.promoted_at,
    approval.expires_at,
  ].map((at) => Date.parse(at))
  if (evaluated <= issued && issued <= promoted && promoted < expires) return null
  return fault('approval_not_current', 'Expected evaluation, approval, promotion and expiry in this order')
}

function fault(code: BundleFault, detail: string): BundleFailure {
  return { ok: false, code, detail }
}
