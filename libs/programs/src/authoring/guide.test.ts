import { readFileSync } from 'node:fs'

import { hashJson } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { encodeAnswer } from '../answer/encode-answer.ts'
import { verifyArtifact } from '../artifact/verify-artifact.ts'
import { runProgram } from '../executor/run-program.ts'
import { checkProvenance } from '../provenance/check-provenance.ts'
import { answeringTransport } from '../testing/fake-transport.ts'
import { SAMPLE_NONCE, sampleOutput, sampleRequest } from '../testing/samples.ts'
import { artifactBytes } from './define-program.ts'
import { program, signatures } from './guide-example.ts'

const GUIDE = new URL('../../../../docs/guides/programs.md', import.meta.url)
const example = /<!-- example -->\n```ts\n([\s\S]*?)```/.exec(readFileSync(GUIDE, 'utf8'))?.[1] ?? ''

test('the guide\'s example takes about twenty lines beside its imports', () => {
  const lines = example.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import '))
  expect(lines.length).toBeLessThanOrEqual(21)
})

test('the guide shows the example that is type-checked and run here', () => {
  const source = readFileSync(new URL('guide-example.ts', import.meta.url), 'utf8')
  expect(example).toBe(source.replace("'../index.ts'", "'@torghut/programs'"))
})

test('the guide\'s example builds, reviews and can be walked back', async () => {
  const wanted = { programName: 'desk-review', signatureVersion: 'v1', model: program.model.name, tradingMode: 'paper' } as const
  expect(verifyArtifact(artifactBytes(program), hashJson(program), wanted)).toMatchObject({ ok: false, code: 'artifact_graph_unsupported' })
  const verified = verifyArtifact(artifactBytes(program), hashJson(program), { ...wanted, signatures })
  if (!verified.ok) throw new TypeError(verified.detail)
  const transport = answeringTransport((nonce, { messages }) => {
    const fields = signatures.get('desk.news-mood.v1')?.fields
    const isMood = messages[0]?.content.includes('\n- mood: one of "calm", "tense", "panic"')
    return isMood === true ? encodeAnswer({ mood: 'calm', weight: 0.25, because: 'Nothing happened' }, nonce, fields) : encodeAnswer(sampleOutput(), nonce)
  })
  const ports = { transport, model: program.model.name, nonce: SAMPLE_NONCE, timeoutMs: 1_000, monotonicMs: () => 0 }
  const run = await runProgram(verified.artifact, sampleRequest(), ports)
  expect(run).toMatchObject({ ok: true, mandatoryRoles: ['policy_judge'], advice: { verdict: 'approve' } })
  expect(transport.calls[1]?.request.messages.at(-1)?.content).toContain('"mood":{"mood":"calm","weight":0.25')
  expect(run.ok && checkProvenance(run.advice, run.provenance, sampleRequest())).toEqual([])
})

test('every fault and code the guide names is one of the code\'s own', () => {
  const errors = readFileSync(new URL('../errors.ts', import.meta.url), 'utf8')
  const faults = [...errors.matchAll(/^ {2}\| '(\w+)'$/gm)].map(([, fault]) => fault)
  const guide = readFileSync(GUIDE, 'utf8')
  for (const fault of faults) expect(guide).toContain(`\`${fault}\``)
  expect(faults.length).toBeGreaterThan(10)
})
