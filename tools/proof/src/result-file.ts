import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { z } from 'zod'

import { ResultUnreadableError } from './errors.ts'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** A part that passed. `figures` is what its tests measured and put into `task.meta.figures`. */
export const PartResult = z.strictObject({
  name: z.string(),
  settings: z.record(z.string(), z.number()),
  passed_tests: z.int().min(1),
  duration_seconds: z.number().min(0),
  figures: z.record(z.string(), z.number()),
})
export type PartResult = z.infer<typeof PartResult>

/** What `docs/proofs/<name>.json` holds: a proof that held, when, and about which sources. */
export const ProofResult = z.strictObject({
  proof: z.string(),
  claim: z.string(),
  command: z.string(),
  proved_at: z.iso.datetime(),
  node: z.string(),
  duration_seconds: z.number().min(0),
  sources: z.strictObject({ hash: Sha256, files: z.int().min(1), covers: z.array(z.string()) }),
  parts: z.array(PartResult).min(1),
})
export type ProofResult = z.infer<typeof ProofResult>

/** Parts that passed in a run that did not reach its end; worth something only while the sources stay the same. */
const Unfinished = z.strictObject({ sources_hash: Sha256, parts: z.array(PartResult) })

/** Where the committed result of a proof lies. */
export function resultPath(root: string, proof: string): string {
  return join(root, 'docs', 'proofs', `${proof}.json`)
}

/** Null when there is none; throws `ResultUnreadableError`. */
export function readResult(root: string, proof: string): ProofResult | null {
  return readJsonFile(resultPath(root, proof), ProofResult)
}

/** Replaces the result in one step, and forgets the parts it was made of. */
export function saveResult(root: string, result: ProofResult): void {
  writeJsonFile(resultPath(root, result.proof), ProofResult.parse(result))
  rmSync(unfinishedPath(root, result.proof), { force: true })
}

/** The parts that passed with these very sources. Parts of others, or that cannot be read, are as good as none. */
export function readFinishedParts(root: string, proof: string, sourcesHash: string): PartResult[] {
  try {
    const unfinished = readJsonFile(unfinishedPath(root, proof), Unfinished)
    return unfinished?.sources_hash === sourcesHash ? unfinished.parts : []
  } catch {
    return []
  }
}

export function saveFinishedParts(root: string, proof: string, sourcesHash: string, parts: PartResult[]): void {
  writeJsonFile(unfinishedPath(root, proof), { sources_hash: sourcesHash, parts })
}

/** Beside the other things a machine keeps for itself; never committed. */
function unfinishedPath(root: string, proof: string): string {
  return join(root, '.torghut', 'proofs', `${proof}.json`)
}

function readJsonFile<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new ResultUnreadableError(path, { cause: error })
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new ResultUnreadableError(path, { cause: error })
  }
}

/** A crash leaves the old file or the new one, never half of one. */
function writeJsonFile(path: string, content: object): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.tmp`
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`)
  renameSync(draft, path)
}
