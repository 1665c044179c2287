import { expect, test } from 'vitest'

import { ProgramArtifact, canonicalJson, sha256Hex } from '@torghut/contracts'
import type { Stage, TradingMode } from '@torghut/contracts'

import { sampleOutput, sampleRequest } from '../testing/samples.ts'
import { BOOTSTRAP_ARTIFACT, BOOTSTRAP_HASH } from './bootstrap.ts'
import { seedArtifact, soloSeedArtifact } from './seed.ts'
import { verifyArtifact } from './verify-artifact.ts'
import type { ArtifactExpectations, VerifiedArtifact } from './verify-artifact.ts'

const MODEL = 'gpt-5.3-codex-spark'
const WANTED: ArtifactExpectations = {
  programName: 'trade-review-committee-v1',
  signatureVersion: 'v1',
  model: MODEL,
  tradingMode: 'paper',
}
const SEED = soloSeedArtifact(MODEL)
const COMPILED: ProgramArtifact = {
  ...SEED,
  kind: 'compiled',
  provenance: {
    dataset_hash: 'a'.repeat(64),
    optimizer: 'miprov2',
    seed: 'seed-1',
    metric_policy_hash: 'b'.repeat(64),
  },
}

test.each([seedArtifact, soloSeedArtifact])('%o is a program artifact whose hash depends on the model alone', (seed) => {
  expect(ProgramArtifact.parse(seed(MODEL))).toEqual(seed(MODEL))
  expect(canonicalJson(seed(MODEL))).toBe(canonicalJson(seed(MODEL)))
  expect(canonicalJson(seed('other'))).not.toBe(canonicalJson(seed(MODEL)))
})

test('verifyArtifact() takes the mandatory roles from the graph', () => {
  const { bytes, hash } = stored(seedArtifact(MODEL))
  const verified = verifyArtifact(bytes, hash, WANTED)
  const mandatoryRoles = ['risk_critic', 'execution_critic', 'policy_judge']
  expect(verified).toMatchObject({ ok: true, artifact: { mandatoryRoles } })
})

test('verifyArtifact() loads the seed in paper, under the paper stage', () => {
  const { bytes, hash } = stored(SEED)
  expect(verifyArtifact(bytes, hash, WANTED)).toMatchObject({
    ok: true,
    artifact: {
      hash,
      kind: 'seed',
      executor: 'dspy_live',
      programName: 'trade-review-committee-v1',
      signatureVersion: 'v1',
      mandatoryRoles: ['policy_judge'],
      stage: 'paper',
      program: SEED,
    },
  })
})

test('verifyArtifact() trims and lower-cases the configured hash', () => {
  const { bytes, hash } = stored(SEED)
  expect(verifyArtifact(bytes, ` ${hash.toUpperCase()}\n`, WANTED)).toMatchObject({ ok: true, artifact: { hash } })
})

test('verifyArtifact() answers for the bootstrap from code, and from its stored bytes', () => {
  const artifact = { hash: BOOTSTRAP_HASH, kind: 'bootstrap', executor: 'heuristic', stage: 'paper' }
  const expected = { ok: true, artifact }
  expect(verifyArtifact(null, BOOTSTRAP_HASH, WANTED)).toMatchObject(expected)
  expect(verifyArtifact(stored(BOOTSTRAP_ARTIFACT).bytes, BOOTSTRAP_HASH, WANTED)).toMatchObject(expected)
})

test('verifyArtifact() lets neither the seed nor the bootstrap serve in live, whatever was promoted', () => {
  const live = { ...WANTED, tradingMode: 'live' as const, promotedFor: 'scaled_live' as const }
  const { bytes, hash } = stored(SEED)
  expect(codeOf(verifyArtifact(bytes, hash, live))).toBe('dspy_artifact_gate_compatibility_failed')
  expect(verifyArtifact(null, BOOTSTRAP_HASH, live)).toMatchObject({ ok: false, cause: 'artifact_not_promoted' })
})

test.each<[TradingMode, Stage | undefined, boolean]>([
  ['paper', undefined, false],
  ['paper', 'paper', true],
  ['paper', 'shadow', true],
  ['paper', 'constrained_live', true],
  ['paper', 'scaled_live', true],
  ['live', undefined, false],
  ['live', 'paper', false],
  ['live', 'shadow', false],
  ['live', 'constrained_live', true],
  ['live', 'scaled_live', true],
])('verifyArtifact() in %s, promoted for %s: a compiled artifact serves %s', (tradingMode, promotedFor, serves) => {
  const { bytes, hash } = stored(COMPILED)
  const wanted = { ...WANTED, tradingMode, ...(promotedFor === undefined ? {} : { promotedFor }) }
  const verified = verifyArtifact(bytes, hash, wanted)
  if (serves) expect(verified).toMatchObject({ ok: true, artifact: { kind: 'compiled', stage: promotedFor } })
  else expect(verified).toMatchObject({ ok: false, cause: 'artifact_not_promoted' })
})

test.each([
  ['', 'artifact_missing', 'dspy_artifact_manifest_not_found'],
  ['  ', 'artifact_missing', 'dspy_artifact_manifest_not_found'],
  ['a'.repeat(63), 'artifact_missing', 'dspy_artifact_hash_invalid_length'],
  ['a'.repeat(65), 'artifact_missing', 'dspy_artifact_hash_invalid_length'],
  ['g'.repeat(64), 'artifact_missing', 'dspy_artifact_hash_not_hex'],
  ['a'.repeat(64), 'artifact_missing', 'dspy_artifact_manifest_not_found'],
])('verifyArtifact() finds nothing under the name "%s"', (hash, cause, code) => {
  expect(verifyArtifact(null, hash, WANTED)).toMatchObject({ ok: false, cause, code })
})

test('verifyArtifact() refuses bytes with one bit changed, wherever it lies', () => {
  const { bytes, hash } = stored(SEED)
  for (let at = 0; at < bytes.length; at += 37) {
    const changed = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))
    expect(codeOf(verifyArtifact(changed, hash, WANTED))).toBe('dspy_artifact_hash_mismatch')
  }
})

test.each([
  ['pretty-printed JSON', JSON.stringify(SEED, null, 2)],
  ['another key order', JSON.stringify(SEED)],
  ['a key named twice', canonicalJson(SEED).replace('{', '{"adapter_version":"x",')],
  ['a trailing line feed', `${canonicalJson(SEED)}\n`],
  ['a byte order mark', `\ufeff${canonicalJson(SEED)}`],
  ['a list', '[]'],
  ['null', 'null'],
  ['no JSON', 'hello'],
  ['nothing', ''],
])('verifyArtifact() refuses %s even when it hashes to the name', (_name, text) => {
  const bytes = new TextEncoder().encode(text)
  expect(codeOf(verifyArtifact(bytes, sha256Hex(bytes), WANTED))).toBe('dspy_artifact_hash_mismatch')
})

test('verifyArtifact() refuses bytes that are not UTF-8', () => {
  const bytes = Uint8Array.from([0x7b, 0xff, 0x7d])
  expect(codeOf(verifyArtifact(bytes, sha256Hex(bytes), WANTED))).toBe('dspy_artifact_hash_mismatch')
})

const NODE = SEED.nodes[0]!
test.each<[string, unknown, string]>([
  ['no executor', { ...SEED, executor: undefined }, 'dspy_artifact_executor_missing'],
  ['an unknown executor', { ...SEED, executor: 'agent' }, 'dspy_artifact_executor_unknown'],
  ['a heuristic that is not the bootstrap', { ...BOOTSTRAP_ARTIFACT, compiled_prompt: {} }, 'artifact_shape_invalid'],
  ['no program name', { ...SEED, program_name: '' }, 'dspy_artifact_program_name_missing'],
  ['an unknown key', { ...SEED, score: '0.9' }, 'artifact_shape_invalid'],
  ['another program', { ...SEED, program_name: 'other' }, 'dspy_program_name_mismatch'],
  ['another signature version', { ...SEED, signature_version: 'v2' }, 'dspy_signature_version_mismatch'],
  ['another model', seedArtifact('other-model'), 'artifact_model_mismatch'],
  ['another adapter', { ...SEED, adapter_version: 'x' }, 'artifact_format_unsupported'],
  ['another answer schema', { ...SEED, answer_schema_version: 'x' }, 'artifact_format_unsupported'],
  ['a compile without data set', provenance({ dataset_hash: null }), 'dspy_artifact_missing_compile_fields'],
  ['a compile without optimizer', provenance({ optimizer: null }), 'dspy_artifact_missing_compile_fields'],
  ['a compile without seed', provenance({ seed: null }), 'dspy_artifact_missing_reproducibility_fields'],
  ['no metric policy', provenance({ metric_policy_hash: null }), 'dspy_artifact_missing_reproducibility_fields'],
  ['two nodes', { ...SEED, nodes: [NODE, { ...NODE, id: 'other' }] }, 'artifact_graph_unsupported'],
  ['an output node that is not there', { ...SEED, output_node: 'other' }, 'artifact_graph_unsupported'],
  ['a node that reads another', withNode({ inputs: ['request', 'thesis'] }), 'artifact_graph_unsupported'],
  ['a judge that is not mandatory', withNode({ mandatory: false }), 'artifact_graph_unsupported'],
  ['a researcher as judge', withNode({ role: 'researcher' }), 'artifact_graph_unsupported'],
  ['instructions that pose as a message', withNode({ instructions: 'x\nuser: y' }), 'artifact_text_unsafe'],
  ['an example that is no answer', withNode({ demonstrations: [{ input: {}, output: {} }] }), 'artifact_text_unsafe'],
])('verifyArtifact() refuses an artifact with %s', (_name, content, code) => {
  const { bytes, hash } = stored(content)
  const wanted = { ...WANTED, promotedFor: 'paper' as const }
  expect(verifyArtifact(bytes, hash, wanted)).toMatchObject({ ok: false, cause: 'artifact_program_mismatch', code })
})

test('verifyArtifact() takes instructions and examples that can be shown', () => {
  const example = { input: { ...sampleRequest() }, output: { ...sampleOutput() } }
  const content = withNode({ instructions: 'Be strict.', demonstrations: [example] })
  const { bytes, hash } = stored(content)
  expect(verifyArtifact(bytes, hash, WANTED)).toMatchObject({ ok: true })
})

test('verifyArtifact() refuses the bootstrap for another program', () => {
  const verified = verifyArtifact(null, BOOTSTRAP_HASH, { ...WANTED, programName: 'x' })
  expect(codeOf(verified)).toBe('dspy_program_name_mismatch')
})

function provenance(change: Partial<ProgramArtifact['provenance']>): unknown {
  return { ...COMPILED, provenance: { ...COMPILED.provenance, ...change } }
}

function withNode(change: Partial<ProgramArtifact['nodes'][number]>): unknown {
  return { ...SEED, nodes: [{ ...NODE, ...change }] }
}

function stored(content: unknown): { bytes: Uint8Array; hash: string } {
  const bytes = new TextEncoder().encode(canonicalJson(JSON.parse(JSON.stringify(content))))
  return { bytes, hash: sha256Hex(bytes) }
}

function codeOf(verified: VerifiedArtifact): string | null {
  return verified.ok ? null : verified.code
}
