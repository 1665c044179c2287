import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { Stage } from '@torghut/contracts'

import { fetchText } from '../check/fetch-text.ts'
import { FileRefusedError, PinRefusedError } from '../errors.ts'
import { readFileOf } from '../inputs/read-file.ts'
import { EVIDENCE_FOLDER } from './change-set.ts'
import type { PinContext, VerifiedPromotion } from './verify-promotion.ts'
import { verifyPromotion } from './verify-promotion.ts'

/** Where the evidence of a pinned artifact is kept: one file for each target it was promoted for. */
export function evidencePath(artifactHash: string, target: Stage): string {
  return `${EVIDENCE_FOLDER}/${artifactHash}.${target}.json`
}

/** The text of a bundle from a file or an http address. Throws `FileRefusedError` and `ManifestsError`. */
export async function readEvidence(source: string): Promise<string> {
  return /^https?:\/\//.test(source) ? await fetchText(source, null) : readFileOf(source)
}

/** Verifies a bundle from its text. Throws `FileRefusedError` and `PinRefusedError`. */
export function verifyEvidence(source: string, text: string, context: PinContext): VerifiedPromotion {
  return verifyPromotion(source, parseJson(source, text), context)
}

/** Verifies the evidence that was kept when an artifact was pinned. Throws `PinRefusedError` when it is gone or changed. */
export function verifyKept(root: string, artifactHash: string, target: Stage, context: PinContext): VerifiedPromotion {
  const path = evidencePath(artifactHash, target)
  const file = join(root, path)
  if (!existsSync(file)) throw new PinRefusedError('hash_unknown', `${artifactHash} has no evidence in ${path}`)
  const verified = verifyEvidence(path, readFileOf(file), context)
  if (verified.artifactHash === artifactHash) return verified
  throw new PinRefusedError('evidence_of_another', `${path} is about ${verified.artifactHash}`)
}

function parseJson(source: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FileRefusedError(source, null, 'is no JSON', { cause: error })
  }
}
