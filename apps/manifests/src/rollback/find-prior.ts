import { PinRefusedError } from '../errors.ts'
import { findDenial } from '../inputs/denylist.ts'
import type { PastPin } from '../inputs/pin-history.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { checkHash } from '../pin/check-hash.ts'
import { verifyKept } from '../pin/evidence.ts'
import { promotionMark, seedHash } from '../pin/make-pin.ts'
import type { PinContext, VerifiedPromotion } from '../pin/verify-promotion.ts'

/** Where a rollback may lead: to what was promoted before, to a hash somebody names, or to the seed. */
export interface Destination {
  to: string | undefined
  toSeed: boolean
}

/** What is pinned again; the seed has no promotion. */
export interface Prior {
  hash: string
  promotion: VerifiedPromotion | null
  mark: PastPin['promotion']
}

/**
 * The artifact to go back to: of the history's promoted pins the newest that is neither the one taken back nor denied.
 * Its evidence is verified again, except for its age. Throws `PinRefusedError`; an artifact whose evidence does not
 * hold is named and never passed over in silence.
 */
export function findPrior(root: string, inputs: Inputs, hash: string, { to, toSeed }: Destination, context: PinContext): Prior {
  if (toSeed) return seedPrior(inputs, hash, context)
  if (to !== undefined) checkHash(to, inputs.denylist)
  const past = inputs.history.pins.findLast(
    ({ artifact_hash: was, promotion }) =>
      promotion !== null && was !== hash && (to === undefined ? findDenial(inputs.denylist, was) === undefined : was === to),
  )
  if (past?.promotion == null) throw nothingBefore(to)
  const promotion = verifyKept(root, past.artifact_hash, past.promotion.target, context)
  if (promotion.bundle.manifest_hash !== past.promotion.manifest_hash)
    throw new PinRefusedError('evidence_of_another', `the evidence of ${past.artifact_hash} is not what was pinned with it`)
  return { hash: past.artifact_hash, promotion, mark: promotionMark(promotion.parts.promotion, promotion.bundle.manifest_hash) }
}

function nothingBefore(to: string | undefined): PinRefusedError {
  if (to !== undefined) return new PinRefusedError('hash_unknown', `${to} was never pinned with a promotion`)
  return new PinRefusedError('nothing_before', 'nothing else was promoted that is not denied; --to-seed pins the seed, in paper only')
}

function seedPrior(inputs: Inputs, hash: string, { tradingMode }: PinContext): Prior {
  const seed = seedHash(inputs)
  if (tradingMode !== 'paper') throw new PinRefusedError('target_mismatch', 'the seed is promoted by nobody: it serves in paper only')
  if (seed === hash) throw new PinRefusedError('nothing_before', 'the seed itself is taken back; nothing comes before it')
  checkHash(seed, inputs.denylist)
  return { hash: seed, promotion: null, mark: null }
}
