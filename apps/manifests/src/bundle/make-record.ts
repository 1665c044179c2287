import { readdirSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { publicPem } from '@torghut/audit'
import { sha256Hex } from '@torghut/contracts'
import type { Stage } from '@torghut/contracts'

import { TREE_FOLDER } from '../check/compare-committed.ts'
import { readObjects } from '../check/read-objects.ts'
import { PinRefusedError } from '../errors.ts'
import { UNRELEASED_DIGEST } from '../inputs/deploy-values.ts'
import { readInputs, readValues } from '../inputs/read-values.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { Risks, unresolvedRisks } from '../inputs/risks.ts'
import { verifyKept } from '../pin/evidence.ts'
import { pinnedHash, seedHash } from '../pin/make-pin.ts'
import { pinContext } from '../pin/pin-context.ts'
import { pinTarget } from '../pin/verify-promotion.ts'
import type { PinContext, VerifiedPromotion } from '../pin/verify-promotion.ts'
import { findPrior } from '../rollback/find-prior.ts'
import { readSamples } from '../rollback/prometheus-text.ts'
import { revisionName } from '../torghut/knative-service.ts'
import { generateTree } from '../tree.ts'
import { readTree } from '../write-tree.ts'
import { containerImages } from './container-images.ts'
import type { Commit } from './git-commit.ts'
import type { GovernanceRecord } from './governance-bundle.ts'
import { judgePhases, overall } from './judge-phases.ts'
import type { PhaseFacts } from './judge-phases.ts'
import { judgeSlos } from './slos.ts'

/** What a record is made from besides the files of the commit. */
export interface RecordSources {
  root: string
  stage: Stage
  commit: Commit
  approversFile: string | undefined
  /** A scrape of the review API, kept as a file. */
  metrics: string | null
}

/** Gathers what a stage rests on. Throws what reading the files throws; a gate that fails is told in the record. */
export function makeRecord({ root, stage, commit, approversFile, metrics }: RecordSources): GovernanceRecord {
  const inputs = readInputs(join(root, 'config/deploy'))
  const committed = readTree(join(root, TREE_FOLDER))
  const context = pinContext(root, inputs, approversFile)
  const evidence = findEvidence(root, inputs, context)
  const samples = metrics === null ? null : readSamples(metrics)
  const slos = judgeSlos(samples, Number(inputs.pins.env['LLM_DSPY_TIMEOUT_SECONDS']))
  const facts = { stage, inputs, ...evidence, samples, slos, prior: priorOf(root, inputs, context) }
  const phases = judgePhases({ ...facts, drifted: driftedFiles(inputs, committed), incidents: countIncidents(root) })
  const { promotion } = evidence
  return {
    schema_version: 'torghut.governance-bundle.v1',
    stage,
    status: overall(phases),
    commit: { sha: commit.sha, committed_at: commit.committedAt },
    image: imageFacts(inputs, committed),
    artifacts: artifactFacts(inputs, promotion),
    files: { ...hashesBelow(root, 'config'), ...Object.fromEntries([...committed].map(([path, text]) => [`${TREE_FOLDER}/${path}`, sha256Hex(text)])) },
    measurements: metrics === null ? {} : { metrics: sha256Hex(metrics) },
    phases,
    gates: (promotion?.parts.evalReport.outcomes ?? []).map((outcome) => ({ gate: outcome.gate, passed: outcome.passed, code: outcome.passed ? null : outcome.code })),
    slos,
    risks: unresolvedRisks(readValues(join(root, 'config/risks.yaml'), Risks)).map(({ openedOn, ...risk }) => ({ ...risk, opened_on: openedOn })),
    promotion: promotion?.bundle ?? null,
    approver: promotion === null ? null : { subject: promotion.approver.subject, public_key: publicPem(promotion.approver.key) },
  }
}

function findEvidence(root: string, inputs: Inputs, context: PinContext): Pick<PhaseFacts, 'promotion' | 'evidenceProblem'> {
  const hash = pinnedHash(inputs)
  if (hash === seedHash(inputs)) return { promotion: null, evidenceProblem: null }
  const found = attempt(() => verifyKept(root, hash, pinTarget(inputs.deploy.tradingMode), context))
  return 'value' in found ? { promotion: found.value, evidenceProblem: null } : { promotion: null, evidenceProblem: found.problem }
}

function priorOf(root: string, inputs: Inputs, context: PinContext): PhaseFacts['prior'] {
  const found = attempt(() => findPrior(root, inputs, pinnedHash(inputs), { to: undefined, toSeed: false }, context))
  return 'value' in found ? { hash: found.value.hash } : found
}

/** A refusal is what a bundle reports; every other error is not its subject. */
function attempt<T>(act: () => T): { value: T } | { problem: string } {
  try {
    return { value: act() }
  } catch (error) {
    if (error instanceof PinRefusedError) return { problem: error.message }
    throw error
  }
}

function driftedFiles(inputs: Inputs, committed: ReadonlyMap<string, string>): string[] {
  const generated = new Map(generateTree(inputs).map(({ path, text }) => [path, text]))
  const paths = [...new Set([...generated.keys(), ...committed.keys()])].sort()
  return paths.filter((path) => generated.get(path) !== committed.get(path)).map((path) => `${TREE_FOLDER}/${path}`)
}

function imageFacts({ deploy }: Inputs, committed: ReadonlyMap<string, string>): GovernanceRecord['image'] {
  const { repository, digest, gitSha } = deploy.image
  const objects = [...committed].flatMap(([path, text]) => readObjects(`${TREE_FOLDER}/${path}`, text))
  return { repository, digest, git_sha: gitSha, is_released: digest !== UNRELEASED_DIGEST, containers: containerImages(objects) }
}

function artifactFacts(inputs: Inputs, promotion: VerifiedPromotion | null): GovernanceRecord['artifacts'] {
  const pinned = pinnedHash(inputs)
  const { history, denylist } = inputs
  const denied = denylist.entries.filter(({ cleared }) => cleared === null).map(({ artifact_hash: hash }) => hash)
  return {
    pinned,
    kind: promotion !== null ? 'compiled' : pinned === seedHash(inputs) ? 'seed' : 'unknown',
    revision: revisionName(inputs),
    previous: history.pins.findLast(({ artifact_hash: hash }) => hash === pinned)?.replaced.artifact_hash ?? null,
    denied: [...new Set(denied)].sort(),
  }
}

function hashesBelow(root: string, folder: string): Record<string, string> {
  const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1)).sort()
  return Object.fromEntries(paths.map((path) => [path, sha256Hex(readFileSync(join(root, path)))]))
}

function countIncidents(root: string): number {
  const folder = join(root, 'docs/incidents')
  return existsSync(folder) ? readdirSync(folder).filter((name) => /-rollback-[0-9a-f]{12}\.md$/.test(name)).length : 0
}
