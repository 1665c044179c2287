import { canonicalJson, hashJson } from '@torghut/contracts'
import type { Calibrator, ProgramArtifact } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { encodeAnswer } from '../answer/encode-answer.ts'
import { soloSeedArtifact } from '../artifact/seed.ts'
import { verifyArtifact } from '../artifact/verify-artifact.ts'
import { runProgram } from '../executor/run-program.ts'
import { answeringTransport } from '../testing/fake-transport.ts'
import { SAMPLE_NONCE, sampleOutput, sampleRequest } from '../testing/samples.ts'

const MODEL = 'gpt-5.3-codex-spark'

/** Approves turn out right half as often as they are stated, vetoes as often again. */
const CALIBRATOR: Calibrator = {
  schema_version: 'torghut.calibrator.v1',
  method: 'isotonic',
  fitted_on: 'f'.repeat(64),
  rows: 200,
  classes: {
    approve: [[0, 0], [1_000_000, 500_000]],
    veto: [[0, 0], [500_000, 1_000_000]],
    adjust: null,
    abstain: null,
    escalate: null,
  },
}

async function adviceOf(artifact: ProgramArtifact) {
  const bytes = Buffer.from(canonicalJson(artifact))
  const wanted = { programName: artifact.program_name, signatureVersion: 'v1', model: MODEL, tradingMode: 'paper' } as const
  const verified = verifyArtifact(bytes, hashJson(artifact), wanted)
  if (!verified.ok) throw new Error(verified.detail)
  const transport = answeringTransport((nonce) => encodeAnswer(sampleOutput(), nonce))
  const ports = { transport, model: MODEL, nonce: SAMPLE_NONCE, timeoutMs: 8_000, monotonicMs: () => 0 }
  const run = await runProgram(verified.artifact, sampleRequest(), ports)
  if (!run.ok) throw new Error(`${run.cause}: ${run.detail}`)
  return run.advice
}

test('runProgram() states the probabilities as its artifact\'s calibrator maps them, and keeps the raw ones', async () => {
  const seed = soloSeedArtifact(MODEL)
  const raw = await adviceOf(seed)
  expect(raw).toMatchObject({ calibration_metadata: { method: 'uncalibrated' }, calibrated_probabilities: { approve: 0.64, veto: 0.16 } })
  const advice = await adviceOf({ ...seed, calibrator: CALIBRATOR })
  expect(advice.verdict).toBe('approve')
  // 0.32, 0.32 and the others' 0.20 as they were, over their sum of 0.84; two millionths are left over for the strictest.
  expect(advice.calibrated_probabilities).toEqual({ approve: 0.380952, veto: 0.380953, adjust: 0.119047, abstain: 0.071428, escalate: 0.04762 })
  expect(advice.calibration_metadata).toMatchObject({ method: 'isotonic', version: 'torghut.calibrator.v1', raw_probabilities: { approve: 0.64 } })
})

test('an artifact\'s hash covers its calibrator', () => {
  const seed = soloSeedArtifact(MODEL)
  expect(hashJson({ ...seed, calibrator: CALIBRATOR })).not.toBe(hashJson(seed))
})
