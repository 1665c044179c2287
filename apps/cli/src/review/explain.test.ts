import { sampleEntry } from '@torghut/artifact-store/testing'
import { canonicalJson, hashJson } from '@torghut/contracts'
import type { ReviewRecord } from '@torghut/contracts'
import { failedRun, fallbackAdvice, reviewProvenance, runProgram, seedArtifact, verifyArtifact } from '@torghut/programs'
import { SAMPLE_NONCE, committeeTransport, sampleCommittee, sampleRequest } from '@torghut/programs/testing'
import { expect, test } from 'vitest'

import { explainReview } from './explain.ts'

async function committeeReview(rationale = 'Momentum and context agree.'): Promise<ReviewRecord> {
  const model = 'gpt-5.3-codex-spark'
  const seed = seedArtifact(model)
  const verified = verifyArtifact(new TextEncoder().encode(canonicalJson(seed)), hashJson(seed), {
    programName: seed.program_name,
    signatureVersion: seed.signature_version,
    model,
    tradingMode: 'paper',
  })
  if (!verified.ok) throw new TypeError(verified.detail)
  const transport = committeeTransport(sampleCommittee({ risk_critic: { maxQtyMultiplier: 0.5 }, decision_schema: { rationale } }))
  const ports = { transport, model, nonce: SAMPLE_NONCE, timeoutMs: 8_000, monotonicMs: () => 0 }
  const run = await runProgram(verified.artifact, sampleRequest(), ports)
  if (!run.ok) throw new TypeError(run.detail)
  const { record } = sampleEntry()
  return { ...record, advice: run.advice, fallback: null, llm_skipped: null, provenance: run.provenance }
}

test('explainReview() leads from every field to the nodes, and from every node to its call and what it read', async () => {
  const tree = explainReview(await committeeReview())
  for (const line of [
    '│  ├─ adjusted_qty = "6"  <- never_above_the_cap(decision_schema.adjustedQty, risk_critic.maxQtyMultiplier, request.decision.qty)',
    '   ├─ counter_thesis (execution_critic, mandatory; torghut.committee.counter-thesis.v1; predict)',
    '   │  ├─ examples none',
    '└─ checks frame passed, schema passed, probabilities_sum passed, verdict_most_probable passed, ',
  ]) {
    expect(tree).toContain(line)
  }
  expect(tree).toMatch(/call 0, first: prompt [0-9a-f]{12}, answer [0-9a-f]{12}, chatcmpl-fake, 1400 \+ 200 tokens/)
  expect(tree).toMatch(/reads request [0-9a-f]{12}, signal_synthesis [0-9a-f]{12}, counter_thesis [0-9a-f]{12}/)
  expect(tree).toContain('maxQtyMultiplier: 0.5')
})

test('explainReview() lets no text of a model move the cursor or start a line', async () => {
  const tree = explainReview(await committeeReview('a\u001b[2J\u2028b\nc'))
  expect(tree).not.toMatch(/[\u001b\u2028]/)
  expect(tree).toContain('a\\u001b[2J')
})

test('explainReview() names the cause of a fallback and why nobody was asked', () => {
  const { record } = sampleEntry()
  const fallback = { cause: 'gateway_timeout' as const, detail: 'No answer' }
  const provenance = reviewProvenance(failedRun('gateway_timeout', ''), 'gateway_timeout')
  const told = explainReview({ ...record, advice: fallbackAdvice('gateway_timeout'), fallback, llm_skipped: null, provenance })
  expect(told).toContain('advice: veto, confidence 1, fallback (gateway_timeout: No answer)')
  expect(told).toContain('verdict = "veto"  <- fallback(cause.gateway_timeout)')
  const skipped = explainReview({ ...record, advice: null, fallback: null, llm_skipped: 'reducing', provenance: null })
  expect(skipped).toContain('└─ advice: not asked (reducing)')
})
