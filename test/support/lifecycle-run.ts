import { canonicalJson, hashJson } from '@torghut/contracts'
import type { CompletionTransport } from '@torghut/contracts'
import { runProgram, seedArtifact, verifyArtifact } from '@torghut/programs'
import type { ProgramRun, RunCheckpoints } from '@torghut/programs'
import { SAMPLE_NONCE, committeeTransport, sampleCommittee, sampleRequest } from '@torghut/programs/testing'

const MODEL = 'gpt-5.3-codex-spark'

/** One run of the committee that may be resumed under its id; `wrap` may come between it and the answers. */
export function runOfLifecycle(
  runId: string,
  checkpoints: RunCheckpoints,
  wrap: (answers: CompletionTransport) => CompletionTransport,
): Promise<ProgramRun> {
  const seed = seedArtifact(MODEL)
  const wanted = { programName: seed.program_name, signatureVersion: seed.signature_version, model: MODEL, tradingMode: 'paper' } as const
  const verified = verifyArtifact(new TextEncoder().encode(canonicalJson(seed)), hashJson(seed), wanted)
  if (!verified.ok) throw new Error(verified.detail)
  return runProgram(verified.artifact, sampleRequest(), {
    transport: wrap(committeeTransport(sampleCommittee())),
    model: MODEL,
    nonce: SAMPLE_NONCE,
    timeoutMs: 60_000,
    monotonicMs: () => performance.now(),
    resume: { runId, checkpoints },
  })
}
