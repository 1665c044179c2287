import { sha256Hex } from './canonical-json.ts'
import type { Sha256Hex } from './canonical-json.ts'

/**
 * The compile step of the service we succeed, as far as its hashes reach (contract, 4.2).
 * Kept only so that hashes it published can be recognised; our own hashes are RFC 8785.
 */
export interface LegacyCompile {
  programName: string
  signatureVersions: Record<string, string>
  optimizer: string
  dataset: unknown
  compiledPrompt: unknown
  metricBundle: unknown
  compiledArtifactUri: string
  seed: string
}

/** The four chained hashes of a legacy compile, each lower-case SHA-256 hex. */
export function legacyCompileHashes(compile: LegacyCompile): {
  datasetHash: Sha256Hex
  compiledPromptHash: Sha256Hex
  reproducibilityHash: Sha256Hex
  artifactHash: Sha256Hex
} {
  const datasetHash = legacyHash(compile.dataset)
  const compiledPromptHash = legacyHash(compile.compiledPrompt)
  const shared = {
    program_name: compile.programName,
    signature_versions: compile.signatureVersions,
    optimizer: compile.optimizer,
    dataset_hash: datasetHash,
    compiled_prompt_hash: compiledPromptHash,
  }
  const reproducibilityHash = legacyHash({ ...shared, seed: compile.seed, metric_bundle: compile.metricBundle })
  const artifactHash = legacyHash({
    ...shared,
    compiled_artifact_uri: compile.compiledArtifactUri,
    reproducibility_hash: reproducibilityHash,
  })
  return { datasetHash, compiledPromptHash, reproducibilityHash, artifactHash }
}

/** SHA-256 over JSON with keys sorted by code point, no spaces and non-ASCII escaped, as Python's `json.dumps` writes it. */
export function legacyHash(value: unknown): Sha256Hex {
  return sha256Hex(legacyJson(value))
}

function legacyJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(legacyJson).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => compareCodePoints(a, b))
    return `{${entries.map(([key, item]) => `${asciiJson(key)}:${legacyJson(item)}`).join(',')}}`
  }
  return typeof value === 'string' ? asciiJson(value) : JSON.stringify(value)
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a, (char) => char.codePointAt(0) ?? 0)
  const right = Array.from(b, (char) => char.codePointAt(0) ?? 0)
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
