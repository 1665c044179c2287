import { expect, test } from 'vitest'

import { FallbackCause, canonicalJson, hashJson } from '@torghut/contracts'
import type { NodeProvenance, Provenance, ReviewAdvice } from '@torghut/contracts'

import { BOOTSTRAP_HASH } from '../artifact/bootstrap.ts'
import { seedArtifact, soloSeedArtifact } from '../artifact/seed.ts'
import { verifyArtifact } from '../artifact/verify-artifact.ts'
import { fallbackAdvice } from '../executor/fallback.ts'
import { failedRun } from '../executor/program-run.ts'
import { runProgram } from '../executor/run-program.ts'
import { committeeTransport, sampleCommittee } from '../testing/committee.ts'
import { SAMPLE_NONCE, sampleRequest } from '../testing/samples.ts'
import { checkProvenance } from './check-provenance.ts'
import { reviewProvenance } from './review-provenance.ts'

const MODEL = 'gpt-5.3-codex-spark'
const WANTED = { programName: 'trade-review-committee-v1', signatureVersion: 'v1', model: MODEL, tradingMode: 'paper' } as const
const SEED = seedArtifact(MODEL)
const taught = { ...SEED, nodes: SEED.nodes.map((node) => (node.id === 'signal_synthesis' ? { ...node, demonstrations: [demonstration()] } : node)) }
const committee = await answered(taught)

test('checkProvenance() walks every field of a committee\'s advice back to the request', () => {
  expect(broken(committee)).toEqual([])
  for (const name of Object.keys(committee.advice)) {
    expect(committee.provenance.fields.map(({ field }) => field)).toContain(name)
  }
})

test('checkProvenance() walks the advice of a judge alone, of the heuristic and of every fallback', async () => {
  expect(broken(await answered(soloSeedArtifact(MODEL)))).toEqual([])
  expect(broken(await answered(null))).toEqual([])
  for (const cause of FallbackCause.options) {
    const provenance = reviewProvenance(failedRun(cause, ''), cause)!
    expect(broken({ advice: fallbackAdvice(cause), provenance })).toEqual([])
  }
  expect(reviewProvenance(null, null)).toBeNull()
})

test('checkProvenance() misses every part that is taken out', () => {
  const paths = removals(committee.provenance)
  expect(paths.length).toBeGreaterThan(150)
  for (const path of paths) {
    const spoilt = structuredClone(committee.provenance)
    remove(spoilt, path)
    expect({ path, broken: broken({ ...committee, provenance: spoilt }).length > 0 }).toEqual({ path, broken: true })
  }
})

test('checkProvenance() misses a link also when its entry was sealed again', () => {
  const spoil: [string, (node: NodeProvenance) => Partial<NodeProvenance>][] = [
    ['its call', () => ({ calls: [] })],
    ['the answer to its call', ({ calls }) => ({ calls: calls.map((call) => ({ ...call, response_hash: null })) })],
    ['the sample that was taken', () => ({ chosen: null })],
    ['its checks', () => ({ checks: [] })],
    ['what it read', () => ({ reads: [] })],
    ['its output', () => ({ output: null, output_hash: null })],
    ['the say it has', () => ({ mandatory: false })],
  ]
  for (const [what, change] of spoil) {
    const nodes = committee.provenance.nodes.map((node) => (node.node === 'risk_critic' ? sealed({ ...node, ...change(node) }) : node))
    const found = broken({ ...committee, provenance: { ...committee.provenance, nodes } })
    expect({ what, broken: found.length > 0 }).toEqual({ what, broken: true })
  }
})

test('checkProvenance() finds an advice its outputs do not make', () => {
  const changes: Partial<ReviewAdvice>[] = [
    { verdict: 'adjust', adjusted_qty: '5' },
    { confidence: 0.9 },
    { rationale: 'Something else' },
    { required_checks: [] },
    { calibrated_probabilities: { approve: 1, veto: 0, adjust: 0, abstain: 0, escalate: 0 } },
    { committee: { ...committee.advice.committee!, mandatory_roles: [] } },
  ]
  for (const change of changes) {
    expect(broken({ ...committee, advice: { ...committee.advice, ...change } })).not.toEqual([])
  }
})

test('checkProvenance() does not take one request\'s provenance for another\'s', () => {
  const other = sampleRequest({ prompt_version: 'dspy:v2' })
  expect(checkProvenance(committee.advice, committee.provenance, other).length).toBeGreaterThan(0)
  expect(checkProvenance(fallbackAdvice('internal'), reviewProvenance(null, 'gateway_reset'), other)).not.toEqual([])
  expect(checkProvenance(committee.advice, null, sampleRequest())).toEqual(['The provenance does not have its shape'])
})

interface Walked {
  advice: ReviewAdvice
  provenance: Provenance
}

function broken({ advice, provenance }: Walked): string[] {
  return checkProvenance(advice, provenance, sampleRequest())
}

async function answered(artifact: ReturnType<typeof seedArtifact> | null): Promise<Walked> {
  const bytes = artifact === null ? null : new TextEncoder().encode(canonicalJson(artifact))
  const verified = verifyArtifact(bytes, artifact === null ? BOOTSTRAP_HASH : hashJson(artifact), WANTED)
  if (!verified.ok) throw new TypeError(verified.detail)
  const transport = committeeTransport(sampleCommittee({ risk_critic: { maxQtyMultiplier: 0.5 } }))
  const run = await runProgram(verified.artifact, sampleRequest(), { transport, model: MODEL, nonce: SAMPLE_NONCE, timeoutMs: 8000, monotonicMs: () => 0 })
  if (!run.ok) throw new TypeError(run.detail)
  return { advice: run.advice, provenance: run.provenance }
}

function demonstration() {
  return { input: { ...sampleRequest() }, output: { ...(sampleCommittee().signal_synthesis as object) } }
}

function sealed(node: NodeProvenance): NodeProvenance {
  const { seal: _, ...entry } = node
  return { ...entry, seal: hashJson(entry) }
}

type Path = (string | number)[]

/** Every element of a list and every field that could be taken out, down to the last. */
function removals(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, child]) => {
    const own = [...path, Array.isArray(value) ? Number(key) : key]
    return [own, ...removals(child, own)]
  })
}

function remove(root: unknown, path: Path): void {
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], root)
  const last = path.at(-1)
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else Reflect.deleteProperty(parent as object, String(last))
}
