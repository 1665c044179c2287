import { expect, test } from 'vitest'

import { GatewayCause, canonicalJson, parseReviewAdvice, sha256Hex } from '@torghut/contracts'
import type { CompletionRequest, ProgramOutput } from '@torghut/contracts'

import { encodeAnswer } from '../answer/encode-answer.ts'
import { BOOTSTRAP_HASH } from '../artifact/bootstrap.ts'
import type { LoadedArtifact } from '../artifact/loaded-artifact.ts'
import { soloSeedArtifact } from '../artifact/seed.ts'
import { verifyArtifact } from '../artifact/verify-artifact.ts'
import { promptHash } from '../render/prompt-hash.ts'
import { renderMessages } from '../render/render-messages.ts'
import { FAKE_TRACE, answeringTransport, failingTransport, throwingTransport } from '../testing/fake-transport.ts'
import type { FakeTransport } from '../testing/fake-transport.ts'
import { SAMPLE_NONCE, sampleOutput, sampleRequest } from '../testing/samples.ts'
import { callNonce } from './call-nonce.ts'
import { heuristicAdvice } from './heuristic.ts'
import type { ProgramPorts, ProgramRun } from './program-run.ts'
import { runProgram } from './run-program.ts'

const MODEL = 'gpt-5.3-codex-spark'
const WANTED = {
  programName: 'trade-review-committee-v1',
  signatureVersion: 'v1',
  model: MODEL,
  tradingMode: 'paper',
} as const
const SOLO_BYTES = new TextEncoder().encode(canonicalJson(soloSeedArtifact(MODEL)))
const SOLO = load(SOLO_BYTES, sha256Hex(SOLO_BYTES))

test('runProgram() with a judge alone asks the model once and turns its answer into advice', async () => {
  const transport = answering(sampleOutput())
  const run = await runSolo(transport)
  const nonce = callNonce(SAMPLE_NONCE, { nodeId: 'decision_schema', sample: 0, turn: 0 })
  const messages = renderMessages(soloSeedArtifact(MODEL).nodes[0]!, sampleRequest(), nonce)
  expect(transport.calls).toMatchObject([{ request: { model: MODEL, messages }, timeoutMs: 8000 }])
  expect(run).toMatchObject({
    ok: true,
    mandatoryRoles: ['policy_judge'],
    promptHash: promptHash(messages, nonce),
    strictlyValid: true,
    ignoredKeys: [],
    firstTokenMs: FAKE_TRACE.firstTokenMs,
    totalMs: 0,
    bytes: FAKE_TRACE.bytes,
    attempts: 1,
    completionId: 'chatcmpl-fake',
    threadId: 'thread-fake',
    usage: FAKE_TRACE.usage,
  })
  expect(run.responseHash).toBe(sha256Hex(encodeAnswer(sampleOutput(), nonce)))
  expect(run.ok && parseReviewAdvice(run.advice).ok).toBe(true)
})

test('runProgram() hashes the transcript without the white space around it', async () => {
  const plain = await runSolo(answering(sampleOutput()))
  const padded = await runSolo(answeringTransport((nonce) => `\n${encodeAnswer(sampleOutput(), nonce)}\n`))
  expect(padded.responseHash).toBe(plain.responseHash)
})

test('runProgram() passes the abort signal on', async () => {
  const abort = new AbortController()
  const transport = answeringTransport((nonce) => {
    abort.abort()
    return answer(nonce)
  })
  await runSolo(transport, { signal: abort.signal })
  expect(transport.calls[0]?.signal?.aborted).toBe(true)
})

test('runProgram() says when an answer was served that was not strictly valid', async () => {
  const loose = (text: string) => text.replace('{', '{"thoughts":"x",')
  const run = await runSolo(answeringTransport((nonce) => loose(encodeAnswer(sampleOutput(), nonce))))
  expect(run).toMatchObject({ ok: true, strictlyValid: false, ignoredKeys: ['thoughts'] })
})

test('runProgram() counts an answer that was asked for twice as what it was at first', async () => {
  const again = (request: CompletionRequest) => request.messages[0]?.content.includes('You answered this very request before')
  const run = await runSolo(answeringTransport((nonce, request) => (again(request) === true ? encodeAnswer(sampleOutput(), nonce) : 'Buy it.')))
  expect(run).toMatchObject({ ok: true, strictlyValid: false, attempts: 2 })
})

test.each(GatewayCause.options)('runProgram() passes the transport\'s %s on with its trace', async (cause) => {
  const run = await runSolo(failingTransport(cause))
  expect(run).toMatchObject({ ok: false, cause, strictlyValid: null, responseHash: null, attempts: 1, usage: null })
  expect(run.promptHash).toMatch(/^[0-9a-f]{64}$/)
})

const otherNonce = 'zyxwvutsrqponmlk'
test.each<[string, (nonce: string, request: CompletionRequest) => string, string]>([
  ['prose', () => 'I approve.', 'answer_missing'],
  ['a bare object', () => '{"verdict":"approve"}', 'answer_missing'],
  ['an answer to another call', () => encodeAnswer(sampleOutput(), otherNonce), 'answer_missing'],
  ['an echo of the prompt', (nonce, call) => call.messages[0]?.content + answer(nonce), 'answer_ambiguous'],
  ['two answers', (nonce) => encodeAnswer(sampleOutput(), nonce).repeat(2), 'answer_ambiguous'],
  ['a cut answer', (nonce) => encodeAnswer(sampleOutput(), nonce).slice(0, -30), 'answer_altered'],
  ['a lost digit', (nonce) => encodeAnswer(sampleOutput(), nonce).replace('c4', ''), 'answer_altered'],
  ['broken advice', (nonce) => encodeAnswer({ ...sampleOutput(), rationale: ' ' }, nonce), 'advice_invalid'],
  ['unsafe text', (nonce) => encodeAnswer({ ...sampleOutput(), rationale: '\u0000' }, nonce), 'unsafe_text'],
  ['a contradiction', (nonce) => encodeAnswer(sampleOutput({ verdict: 'veto' }), nonce), 'advice_incoherent'],
  ['an invented citation', (nonce) => encodeAnswer(sampleOutput({ citations: ['x'] }), nonce), 'advice_incoherent'],
])('runProgram() asks once more and then refuses %s', async (_name, write, cause) => {
  const transport = answeringTransport(write)
  const run = await runSolo(transport)
  expect(run).toMatchObject({ ok: false, cause, completionId: 'chatcmpl-fake' })
  expect(run.responseHash).toMatch(/^[0-9a-f]{64}$/)
  expect(transport.calls).toHaveLength(2)
})

test('runProgram() turns a thrown error into the cause internal and keeps its message to itself', async () => {
  const run = await runSolo(throwingTransport(new TypeError('secret account 123')))
  expect(run).toMatchObject({ ok: false, cause: 'internal', detail: 'TypeError' })
  expect(JSON.stringify(run)).not.toContain('secret')
  const odd = await runSolo(throwingTransport('a text'))
  expect(odd).toMatchObject({ ok: false, cause: 'internal', detail: 'Unknown error' })
})

test('runProgram() makes no call with an unusable nonce or a prompt that is too large', async () => {
  const transport = answering(sampleOutput())
  expect(await runSolo(transport, { nonce: 'aa' })).toMatchObject({ ok: false, cause: 'internal', promptHash: null })
  const request = { ...sampleRequest(), prompt_version: 'x'.repeat(300_000) }
  const large = await runProgram(SOLO, request, ports(transport))
  expect(large).toMatchObject({ ok: false, cause: 'resource_exceeded', attempts: 0 })
  expect(transport.calls).toEqual([])
})

test('runProgram() with the bootstrap speaks for itself and never calls the model', async () => {
  const transport = answering(sampleOutput())
  const run = await runProgram(load(null, BOOTSTRAP_HASH), sampleRequest(), ports(transport))
  const advice = heuristicAdvice(sampleRequest())
  expect(run).toMatchObject({ ok: true, advice, promptHash: null, strictlyValid: null })
  expect(transport.calls).toEqual([])
})

test('runProgram() with the bootstrap never throws either', async () => {
  const broken = { ...sampleRequest(), policy: null } as unknown as ReturnType<typeof sampleRequest>
  const run = await runProgram(load(null, BOOTSTRAP_HASH), broken, ports(answering(sampleOutput())))
  expect(run).toMatchObject({ ok: false, cause: 'internal', detail: 'TypeError' })
})

function answer(nonce: string): string {
  return encodeAnswer(sampleOutput(), nonce)
}

function answering(output: ProgramOutput): FakeTransport {
  return answeringTransport((nonce) => encodeAnswer(output, nonce))
}

function ports(transport: FakeTransport, changes: Partial<ProgramPorts> = {}): ProgramPorts {
  return { transport, model: MODEL, nonce: SAMPLE_NONCE, timeoutMs: 8000, monotonicMs: () => 0, ...changes }
}

function runSolo(transport: FakeTransport, changes: Partial<ProgramPorts> = {}): Promise<ProgramRun> {
  return runProgram(SOLO, sampleRequest(), ports(transport, changes))
}

function load(bytes: Uint8Array | null, hash: string): LoadedArtifact {
  const verified = verifyArtifact(bytes, hash, WANTED)
  if (!verified.ok) throw new TypeError(verified.detail)
  return verified.artifact
}
