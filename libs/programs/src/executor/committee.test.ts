import fc from 'fast-check'
import { expect, test } from 'vitest'

import { canonicalJson, hashJson, parseReviewAdvice } from '@torghut/contracts'
import type { Demonstration, ProgramArtifact } from '@torghut/contracts'

import type { LoadedProgram } from '../artifact/loaded-artifact.ts'
import { seedArtifact } from '../artifact/seed.ts'
import { verifyArtifact } from '../artifact/verify-artifact.ts'
import { encodeAnswer } from '../answer/encode-answer.ts'
import { checkProvenance } from '../provenance/check-provenance.ts'
import { askedNode, committeeTransport, sampleCommittee } from '../testing/committee.ts'
import type { CommitteeAnswers, CommitteeNode } from '../testing/committee.ts'
import { answeringTransport } from '../testing/fake-transport.ts'
import type { FakeTransport } from '../testing/fake-transport.ts'
import { SAMPLE_NONCE, sampleOutput, sampleRequest } from '../testing/samples.ts'
import { runProgram } from './run-program.ts'

const MODEL = 'gpt-5.3-codex-spark'
const WANTED = { programName: 'trade-review-committee-v1', signatureVersion: 'v1', model: MODEL, tradingMode: 'paper' } as const
const SEED = seedArtifact(MODEL)

function load(artifact: ProgramArtifact): LoadedProgram {
  const verified = verifyArtifact(new TextEncoder().encode(canonicalJson(artifact)), hashJson(artifact), WANTED)
  if (!verified.ok || verified.artifact.executor !== 'dspy_live') throw new TypeError(verified.ok ? '' : verified.detail)
  return verified.artifact
}

function run(transport: FakeTransport, artifact = SEED, nonce = SAMPLE_NONCE) {
  return runProgram(load(artifact), sampleRequest(), { transport, model: MODEL, nonce, timeoutMs: 8000, monotonicMs: () => 0 })
}

function ask(changes: { [Node in CommitteeNode]?: object | string } = {}) {
  return run(committeeTransport(sampleCommittee(changes)))
}

test('runProgram() with the committee asks its four nodes and files each under its role', async () => {
  const transport = committeeTransport(sampleCommittee())
  const ended = await run(transport)
  expect(transport.calls.map(({ request }) => askedNode(request))).toEqual([
    'counter_thesis',
    'signal_synthesis',
    'risk_critic',
    'decision_schema',
  ])
  expect(ended).toMatchObject({ ok: true, mandatoryRoles: ['risk_critic', 'execution_critic', 'policy_judge'], attempts: 4 })
  expect(ended.usage).toEqual({ promptTokens: 5600, completionTokens: 800, totalTokens: 6400 })
  const advice = ended.ok ? ended.advice : null
  expect(parseReviewAdvice(advice)).toMatchObject({ ok: true, ignoredKeys: [] })
  expect(Object.keys(advice?.committee?.roles ?? {}).sort()).toEqual(['execution_critic', 'policy_judge', 'researcher', 'risk_critic'])
  expect(advice).toMatchObject({ verdict: 'approve', required_checks: ['risk_engine'] })
})

test('runProgram() names a graph\'s prompts by the hash over their hashes, whatever the nonce', async () => {
  const ended = await ask()
  const hashes = Object.fromEntries(ended.provenance.nodes.map(({ node, calls }) => [node, calls[0]?.prompt_hash]))
  expect(ended.promptHash).toBe(hashJson(hashes))
  const other = await run(committeeTransport(sampleCommittee()), SEED, [...SAMPLE_NONCE].reverse().join(''))
  expect(other.promptHash).toBe(ended.promptHash)
  expect(other.responseHash).not.toBe(ended.responseHash)
})

test('runProgram() gives each call a nonce of its own', async () => {
  const transport = committeeTransport(sampleCommittee())
  await run(transport)
  const nonces = transport.calls.map(({ request }) => /<answer-([a-z0-9]+)>/.exec(request.messages[0]?.content ?? '')?.[1])
  expect(new Set([...nonces, SAMPLE_NONCE]).size).toBe(5)
})

test('runProgram() shows the counter thesis nothing of the thesis', async () => {
  const transport = committeeTransport(sampleCommittee({ signal_synthesis: { thesis: 'SECRET THESIS' } }))
  await run(transport)
  const shown = Object.fromEntries(transport.calls.map(({ request }) => [askedNode(request), JSON.stringify(request.messages)]))
  expect(shown['counter_thesis']).not.toContain('SECRET THESIS')
  expect(shown['risk_critic']).toContain('SECRET THESIS')
})

test.each<[string, { [Node in CommitteeNode]?: object }, string, object]>([
  ['a veto of the counter thesis', { counter_thesis: { verdict: 'veto' } }, 'veto', {}],
  ['a veto of the risk critic', { risk_critic: { verdict: 'veto' } }, 'veto', {}],
  ['an abstaining critic', { risk_critic: { verdict: 'abstain' } }, 'abstain', {}],
  ['half the size', { risk_critic: { maxQtyMultiplier: 0.5 } }, 'adjust', { adjusted_qty: '6' }],
  ['a researcher who objects', { signal_synthesis: { verdict: 'veto' } }, 'approve', {}],
])('runProgram() heeds %s', async (_name, changes, verdict, fields) => {
  const ended = await ask(changes)
  expect(ended).toMatchObject({ ok: true, advice: { verdict, ...fields } })
  expect(ended.ok && checkProvenance(ended.advice, ended.provenance, sampleRequest())).toEqual([])
})

test('runProgram() keeps the probabilities\' largest one with the verdict when the cap made an adjust', async () => {
  const ended = await ask({ risk_critic: { maxQtyMultiplier: 0.5 } })
  const probabilities = ended.ok ? ended.advice.calibrated_probabilities : null
  expect(probabilities).toEqual({ ...sampleOutput().probabilities, approve: 0.1, adjust: 0.64 })
})

const NODES: CommitteeNode[] = ['signal_synthesis', 'counter_thesis', 'risk_critic', 'decision_schema']

test.each(NODES)('runProgram() falls back when %s answers out of role, in prose or in another language', async (node) => {
  const foreign = (nonce: string) => encodeAnswer({ verdict: 'approve', confidence: 1 }, nonce, [])
  const cases: [(nonce: string) => string, string][] = [
    [() => 'I approve of this trade, go ahead.', 'answer_missing'],
    [() => 'この取引を承認します。', 'answer_missing'],
    [() => '{"verdict":"approve"}', 'answer_missing'],
    [(nonce) => `<answer-${nonce}>Ja, kaufen.</answer-${nonce}>`, 'answer_altered'],
    [foreign, 'answer_altered'],
    [(nonce) => `<answer-${nonce}>{}</answer-${nonce}>`.repeat(2), 'answer_ambiguous'],
  ]
  for (const [write, cause] of cases) {
    const good = committeeTransport(sampleCommittee())
    const transport = answeringTransport((nonce, request) => (askedNode(request) === node ? write(nonce) : ''))
    const complete: FakeTransport['complete'] = (request, options) =>
      (askedNode(request) === node ? transport : good).complete(request, options)
    const ended = await run({ calls: [], complete })
    expect(ended).toMatchObject({ ok: false, cause })
    expect(ended.ok ? '' : ended.detail).toMatch(new RegExp(`^${node}: `))
    expect(ended.provenance.nodes.find(({ failure }) => failure === cause)?.node).toBe(node)
  }
})

test('runProgram() refuses a critic that answers as another member does', async () => {
  const { decision_schema: judge, counter_thesis: counter } = sampleCommittee()
  expect(await ask({ risk_critic: judge })).toMatchObject({ ok: true })
  const answers: CommitteeAnswers = { ...sampleCommittee(), risk_critic: { ...(counter as object), maxQtyMultiplier: undefined } }
  expect(await run(answeringTransport((nonce, request) => {
    const node = askedNode(request)
    const answer = answers[node]
    return node === 'risk_critic' ? `<answer-${nonce}>${JSON.stringify(answer)}</answer-${nonce}>` : encodeSample(answers, node, nonce)
  }))).toMatchObject({ ok: false, cause: 'answer_altered' })
})

test.each<[string, { [Node in CommitteeNode]?: object }, string]>([
  ['a thesis that cites what is not there', { signal_synthesis: { supporting: ['decision.rsi2'] } }, 'signal_synthesis: Item 0'],
  ['an objection that cites what is not there', { counter_thesis: { citations: ['x'] } }, 'counter_thesis: Item 0'],
  ['an invented signal', { decision_schema: { rationale: 'The MACD crossed and VWAP agrees.' } }, 'decision_schema: The request does not speak of VWAP'],
  ['a size above the order', { decision_schema: { adjustedQty: '12.00000001' } }, 'decision_schema: The adjusted quantity'],
  ['a sure answer about an uncertain case', { risk_critic: { confidence: 0.9, uncertaintyBand: 'high' } }, 'risk_critic: High confidence'],
  ['an unsure answer about a clear case', { risk_critic: { confidence: 0.4, uncertaintyBand: 'low' } }, 'risk_critic: Low confidence'],
  ['a promise nobody can make', { decision_schema: { rationale: 'A guaranteed win.' } }, 'no_forbidden_claims'],
])('runProgram() takes no %s', async (_name, changes, detail) => {
  const ended = await ask(changes)
  expect(ended).toMatchObject({ ok: false, cause: 'advice_incoherent' })
  expect(ended.ok ? '' : ended.detail).toMatch(new RegExp(`^${detail}`))
})

test('runProgram() notes a judge that passes over a veto, and asks no further', async () => {
  const ended = await ask({ risk_critic: { verdict: 'veto' } })
  const judge = ended.provenance.nodes.find(({ node }) => node === 'decision_schema')
  expect(judge?.checks).toContainEqual({ check: 'agrees_with_critics', passed: false })
  expect(judge?.calls).toHaveLength(1)
})

test('runProgram() sends other prompts for one worked example more, at whatever node', async () => {
  const promptsOf = async (artifact: ProgramArtifact) => {
    const transport = committeeTransport(sampleCommittee())
    const { promptHash } = await run(transport, artifact)
    return { promptHash, sent: transport.calls.length }
  }
  const plain = await promptsOf(SEED)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...NODES), fc.integer({ min: 1, max: 999 }), async (id, thousandths) => {
      const taught = (confidence: number) => ({ ...SEED, nodes: SEED.nodes.map((node) => (node.id === id ? { ...node, demonstrations: [example(id, confidence)] } : node)) })
      const one = await promptsOf(taught(0.6))
      const other = await promptsOf(taught(0.6 + thousandths / 10_000))
      expect(new Set([plain.promptHash, one.promptHash, other.promptHash]).size).toBe(3)
    }),
    { numRuns: 40 },
  )
})

test('verifyArtifact() refuses an example that breaks its node\'s signature, wherever it does', () => {
  const wrong: [CommitteeNode, (good: Demonstration) => Demonstration][] = [
    ['risk_critic', ({ input }) => ({ input, output: { verdict: 'approve' } })],
    ['risk_critic', ({ output }) => ({ input: { ...sampleRequest() }, output })],
    ['signal_synthesis', ({ output }) => ({ input: { request: sampleRequest() }, output })],
    ['signal_synthesis', ({ input, output }) => ({ input, output: { ...output, supporting: ['not.there'] } })],
    ['decision_schema', ({ input, output }) => ({ input, output: { ...output, verdict: 'veto' } })],
    ['decision_schema', ({ input, output }) => ({ input: { ...input, extra: 1 }, output })],
  ]
  for (const [id, spoil] of wrong) {
    const artifact = { ...SEED, nodes: SEED.nodes.map((node) => (node.id === id ? { ...node, demonstrations: [spoil(example(id, 0.6))] } : node)) }
    const verified = verifyArtifact(new TextEncoder().encode(canonicalJson(artifact)), hashJson(artifact), WANTED)
    expect(verified).toMatchObject({ ok: false, code: 'artifact_text_unsafe' })
  }
})

test('verifyArtifact() refuses a node whose examples leave no room for a request', () => {
  const request = sampleRequest({ decision: { ...sampleRequest().decision, rationale: 'x'.repeat(4_000) } })
  const demonstrations = Array.from({ length: 32 }, () => ({ ...example('signal_synthesis', 0.6), input: { ...request } }))
  const artifact = { ...SEED, nodes: SEED.nodes.map((node) => (node.id === 'signal_synthesis' ? { ...node, demonstrations } : node)) }
  const verified = verifyArtifact(new TextEncoder().encode(canonicalJson(artifact)), hashJson(artifact), WANTED)
  expect(verified).toMatchObject({ ok: false, cause: 'artifact_program_mismatch', code: 'artifact_prompt_too_large' })
})

/** A worked example as its node would be shown it. */
function example(id: CommitteeNode, confidence: number): Demonstration {
  const { decision_schema: judge, ...members } = sampleCommittee()
  const answer = { ...(id === 'decision_schema' ? (judge as object) : (members[id] as object)), confidence }
  const request = sampleRequest()
  const { signal_synthesis, counter_thesis, risk_critic } = members
  if (id === 'risk_critic') return { input: { request, signal_synthesis, counter_thesis }, output: answer }
  if (id === 'decision_schema') return { input: { request, signal_synthesis, counter_thesis, risk_critic }, output: answer }
  return { input: { ...request }, output: answer }
}

function encodeSample(answers: CommitteeAnswers, node: CommitteeNode, nonce: string): string {
  const signature = SEED.nodes.find(({ id }) => id === node)?.signature ?? ''
  return encodeAnswer(answers[node] as object, nonce, load(SEED).graph.levels.flat().find(({ node: own }) => own.signature === signature)?.signature.fields)
}
