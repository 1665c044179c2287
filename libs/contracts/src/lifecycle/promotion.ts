import { z } from 'zod'

import { Stage } from '../review/vocabulary.ts'
import { Sha256, Timestamp, Uuid, ruleIssue, text } from '../scalars.ts'
import { Actor } from './actor.ts'
import { PROGRAM_KIND } from './artifact.ts'

/**
 * One artifact was promoted for one target. It binds the artifact to its compile, its evaluation and the approval it
 * used up, each by hash. `replaces` is the artifact that was active for the target until then.
 */
export const PromotionRecord = z
  .strictObject({
    schema_version: z.literal('torghut.promotion.v1'),
    promotion_id: Uuid,
    kind: z.literal(PROGRAM_KIND),
    program_name: text(128),
    target: Stage,
    artifact_hash: Sha256,
    compile_hash: Sha256,
    eval_hash: Sha256,
    approval_id: Uuid,
    approval_hash: Sha256,
    compiled_by: Actor,
    approved_by: Actor,
    promoted_by: Actor,
    replaces: Sha256.nullable(),
    promoted_at: Timestamp,
  })
  .check(({ value, issues }) => {
    if (value.approved_by !== value.compiled_by) return
    const message = 'Whoever compiled cannot approve'
    issues.push(ruleIssue('approver_is_compiler', message, value.approved_by, ['approved_by']))
  })
export type PromotionRecord = z.output<typeof PromotionRecord>
