import { isDeepStrictEqual } from 'node:util'

import { hashCoveredSources } from './covered-sources.ts'
import { ProofFailedError } from './errors.ts'
import type { Proof, ProofPart } from './registry.ts'
import { readFinishedParts, saveFinishedParts, saveResult } from './result-file.ts'
import type { PartResult, ProofResult } from './result-file.ts'
import type { PartRun } from './run-part.ts'
import type { TestCounts } from './vitest-report.ts'

export interface ProofPorts {
  root: string
  now(): Date
  monotonicMs(): number
  say(line: string): void
  signal: AbortSignal
  runPart(run: PartRun): Promise<TestCounts | null>
}

/** A proof that takes this many times as long as expected hangs. */
const PATIENCE = 6

/**
 * Runs a proof part by part and writes its result. Parts that passed with the same sources in an earlier run that did
 * not reach its end are not run again. Throws `ProofFailedError` when a part fails, skips a test or does not end, and
 * when sources change meanwhile: then no result is written.
 */
export async function runProof(proof: Proof, ports: ProofPorts): Promise<ProofResult> {
  const { root, say } = ports
  const sources = hashCoveredSources(root, proof)
  const done = readFinishedParts(root, proof.name, sources.hash).filter((part) => isPartOf(proof, part))
  for (const [index, part] of proof.parts.entries()) {
    const place = `${proof.name}, part ${index + 1} of ${proof.parts.length} (${part.name})`
    if (done.some(({ name }) => name === part.name)) {
      say(`${place}: passed earlier`)
      continue
    }
    say(`${place}: about ${minutes(proof.expectedMinutes / proof.parts.length)}`)
    done.push(await provePart(proof, part, ports))
    if (hashCoveredSources(root, proof).hash !== sources.hash) {
      throw new ProofFailedError(proof.name, 'has no result: its sources changed while it ran')
    }
    saveFinishedParts(root, proof.name, sources.hash, done)
  }
  const result = toResult(proof, sources, done, ports.now())
  saveResult(root, result)
  return result
}

async function provePart(proof: Proof, part: ProofPart, ports: ProofPorts): Promise<PartResult> {
  const { root, say, signal, monotonicMs } = ports
  const startedMs = monotonicMs()
  const timeoutMs = Math.ceil((proof.expectedMinutes / proof.parts.length) * PATIENCE * 60_000)
  const counts = await ports.runPart({ root, test: proof.test, part, timeoutMs, signal, say })
  const problem = problemOf(counts, signal)
  if (problem !== null) {
    throw new ProofFailedError(proof.name, `${problem} in part "${part.name}"; run it again to go on there`)
  }
  return {
    name: part.name,
    settings: { ...part.settings },
    passed_tests: counts?.passed ?? 0,
    duration_seconds: Math.round((monotonicMs() - startedMs) / 100) / 10,
    figures: counts?.figures ?? {},
  }
}

function problemOf(counts: TestCounts | null, signal: AbortSignal): string | null {
  if (signal.aborted) return 'was stopped'
  if (counts === null) return 'ended without a report'
  if (counts.failed > 0) return `failed ${counts.failed} tests`
  if (counts.notRun > 0) return `did not run ${counts.notRun} tests`
  if (counts.passed === 0) return 'ran no test'
  return counts.clean ? null : 'had an error outside its tests'
}

/** A part whose counts were changed since is another part. */
function isPartOf(proof: Proof, { name, settings }: PartResult): boolean {
  const part = proof.parts.find((candidate) => candidate.name === name)
  return part !== undefined && isDeepStrictEqual(part.settings, settings)
}

function toResult(proof: Proof, sources: { hash: string; files: number }, done: PartResult[], now: Date): ProofResult {
  const parts = proof.parts.flatMap(({ name }) => done.filter((part) => part.name === name))
  return {
    proof: proof.name,
    claim: proof.claim,
    command: `vitest run ${proof.test}`,
    proved_at: now.toISOString(),
    node: process.versions.node,
    duration_seconds: Math.round(parts.reduce((sum, part) => sum + part.duration_seconds, 0) * 10) / 10,
    sources: { ...sources, covers: [...proof.covers] },
    parts,
  }
}

function minutes(count: number): string {
  return count < 1 ? `${Math.ceil(count * 60)} s` : `${Math.ceil(count)} min`
}
