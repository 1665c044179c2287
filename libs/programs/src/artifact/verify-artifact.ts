import { BootstrapArtifact, ProgramArtifact, canonicalJson, sha256Hex } from '@torghut/contracts'
import type { Stage, TradingMode } from '@torghut/contracts'

import type { Signatures } from '../signature/registry.ts'
import { ARTIFACT_CAUSES } from './artifact-code.ts'
import type { ArtifactCause, ArtifactCode, ArtifactFinding } from './artifact-code.ts'
import { BOOTSTRAP_ARTIFACT, BOOTSTRAP_HASH } from './bootstrap.ts'
import { checkProgram } from './check-program.ts'
import type { LoadedArtifact } from './loaded-artifact.ts'

/** What the process is configured to serve, and what a promotion record says about this very hash, if there is one. */
export interface ArtifactExpectations {
  programName: string
  signatureVersion: string
  model: string
  tradingMode: TradingMode
  promotedFor?: Stage
  /** Signatures of the program's own, beside the built-in ones. */
  signatures?: Signatures
}

export type VerifiedArtifact =
  | { ok: true; artifact: LoadedArtifact }
  | { ok: false; cause: ArtifactCause; code: ArtifactCode; detail: string }

/**
 * Lets an artifact run only if its bytes are the canonical JSON that hashes to its name, it is the configured program
 * in a form this code runs, and it may serve in this mode. `bytes` null means nothing is stored under the hash; the
 * bootstrap then answers from code. Never throws.
 */
export function verifyArtifact(
  bytes: Uint8Array | null,
  expectedHash: string,
  expectations: ArtifactExpectations,
): VerifiedArtifact {
  const hash = expectedHash.trim().toLowerCase()
  const named = checkHashName(hash)
  if (named !== null) return refuse(named)
  const stored = bytes ?? fromCode(hash)
  if (stored === null) return refuse({ code: 'dspy_artifact_manifest_not_found', detail: 'No artifact has this hash' })
  if (sha256Hex(stored) !== hash) return refuse(mismatch('The bytes hash to another name'))
  const content = readCanonical(stored)
  if (content === null) return refuse(mismatch('The bytes are not canonical JSON'))
  const loaded = load(content, hash, expectations)
  return 'code' in loaded ? refuse(loaded) : { ok: true, artifact: loaded }
}

function refuse({ code, detail }: ArtifactFinding): VerifiedArtifact {
  return { ok: false, cause: ARTIFACT_CAUSES[code], code, detail }
}

function checkHashName(hash: string): ArtifactFinding | null {
  if (hash === '') return { code: 'dspy_artifact_manifest_not_found', detail: 'No artifact hash is configured' }
  if (hash.length !== 64) return { code: 'dspy_artifact_hash_invalid_length', detail: 'Expected 64 hex digits' }
  return /^[0-9a-f]*$/.test(hash) ? null : { code: 'dspy_artifact_hash_not_hex', detail: 'Expected 64 hex digits' }
}

function mismatch(detail: string): ArtifactFinding {
  return { code: 'dspy_artifact_hash_mismatch', detail }
}

function fromCode(hash: string): Uint8Array | null {
  return hash === BOOTSTRAP_HASH ? new TextEncoder().encode(canonicalJson(BOOTSTRAP_ARTIFACT)) : null
}

/** The parsed object, or null unless these exact bytes are what RFC 8785 writes for it. */
function readCanonical(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    const isObject = value !== null && typeof value === 'object' && !Array.isArray(value)
    return isObject && canonicalJson(value) === text ? { ...value } : null
  } catch {
    return null
  }
}

type Loading = LoadedArtifact | ArtifactFinding

function load(content: Record<string, unknown>, hash: string, wanted: ArtifactExpectations): Loading {
  const executor = content['executor']
  if (!executor) return { code: 'dspy_artifact_executor_missing', detail: 'No executor is named' }
  if (executor === 'heuristic') return loadBootstrap(content, hash, wanted)
  if (executor === 'dspy_live') return loadProgram(content, hash, wanted)
  return { code: 'dspy_artifact_executor_unknown', detail: 'Expected executor "heuristic" or "dspy_live"' }
}

function loadBootstrap(content: unknown, hash: string, wanted: ArtifactExpectations): Loading {
  const parsed = BootstrapArtifact.safeParse(content)
  if (!parsed.success) return { code: 'artifact_shape_invalid', detail: 'Not the bootstrap artifact' }
  const other = checkIdentity(parsed.data, wanted)
  if (other !== null) return other
  if (wanted.tradingMode !== 'paper') return notPromoted('The bootstrap heuristic may serve in paper only')
  return {
    hash,
    kind: 'bootstrap',
    executor: 'heuristic',
    programName: parsed.data.program_name,
    signatureVersion: parsed.data.signature_version,
    mandatoryRoles: ['risk_critic', 'execution_critic', 'policy_judge'],
    stage: 'paper',
  }
}

function loadProgram(content: Record<string, unknown>, hash: string, wanted: ArtifactExpectations): Loading {
  if (!content['program_name']) return { code: 'dspy_artifact_program_name_missing', detail: 'No program is named' }
  const parsed = ProgramArtifact.safeParse(content)
  if (!parsed.success) return { code: 'artifact_shape_invalid', detail: 'Not a program artifact' }
  const program = parsed.data
  const checked = checkProgram(program, wanted.signatures)
  if (!checked.ok) return checked.finding
  const finding = checkIdentity(program, wanted) ?? checkModel(program, wanted)
  if (finding !== null) return finding
  const stage = servingStage(program, wanted)
  if (stage === null) return notPromoted(`No promotion lets a ${program.kind} artifact serve in ${wanted.tradingMode}`)
  return {
    hash,
    kind: program.kind,
    executor: 'dspy_live',
    programName: program.program_name,
    signatureVersion: program.signature_version,
    mandatoryRoles: checked.graph.mandatoryRoles,
    stage,
    program,
    graph: checked.graph,
  }
}

function checkIdentity(
  artifact: { program_name: string; signature_version: string },
  wanted: ArtifactExpectations,
): ArtifactFinding | null {
  if (artifact.program_name !== wanted.programName) {
    return { code: 'dspy_program_name_mismatch', detail: `Expected program "${wanted.programName}"` }
  }
  if (artifact.signature_version !== wanted.signatureVersion) {
    return { code: 'dspy_signature_version_mismatch', detail: `Expected signature "${wanted.signatureVersion}"` }
  }
  return null
}

function checkModel(program: ProgramArtifact, wanted: ArtifactExpectations): ArtifactFinding | null {
  if (program.model.name === wanted.model) return null
  return { code: 'artifact_model_mismatch', detail: `Expected a program made for model "${wanted.model}"` }
}

/** A seed serves in paper. A compiled program serves what it was promoted for; in live only a live target will do. */
function servingStage(program: ProgramArtifact, { tradingMode, promotedFor }: ArtifactExpectations): Stage | null {
  if (program.kind === 'seed') return tradingMode === 'paper' ? 'paper' : null
  if (promotedFor === undefined) return null
  const live = promotedFor === 'constrained_live' || promotedFor === 'scaled_live'
  return tradingMode === 'paper' || live ? promotedFor : null
}

function notPromoted(detail: string): ArtifactFinding {
  return { code: 'dspy_artifact_gate_compatibility_failed', detail }
}
