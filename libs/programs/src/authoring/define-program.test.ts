import { ReviewRequest, hashJson } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { verifyArtifact } from '../artifact/verify-artifact.ts'
import { buildGraph } from '../graph/build-graph.ts'
import { share, word } from '../signature/field.ts'
import { signatureRegistry } from '../signature/registry.ts'
import { anySignature, defineSignature } from '../signature/signature.ts'
import { tradeReview } from '../signature/trade-review.ts'
import { sampleOutput, sampleRequest } from '../testing/samples.ts'
import { artifactBytes, defineProgram } from './define-program.ts'

const mood = defineSignature({
  name: 'test.mood.v1',
  reads: { request: ReviewRequest },
  answers: { mood: word(['calm', 'panic'], 'how the news reads') },
})
const shares = { reads: { mood: mood.output, spare: mood.output.optional() }, answers: { weight: share('how much it counts') } }
const weigh = defineSignature({ name: 'test.weigh.v1', ...shares })
const usual = { name: 'p', version: 'v1', model: 'm' } as const

test('defineProgram() connects every port somebody writes, and leaves an optional one alone', () => {
  const nodes = { mood: { signature: mood, instructions: 'Read.' }, weigh: { signature: weigh, instructions: 'Weigh.' } }
  expect(defineProgram({ ...usual, output: 'weigh', nodes }).nodes.map(({ inputs }) => inputs)).toEqual([['request'], ['mood']])
  const spared = { ...nodes, spare: { signature: mood, instructions: 'Read.' } }
  expect(defineProgram({ ...usual, output: 'weigh', nodes: spared }).nodes[1]?.inputs).toEqual(['mood', 'spare'])
})

test('defineProgram() names a port that nobody fills, so that buildGraph() says who is missing', () => {
  const program = defineProgram({ ...usual, output: 'weigh', nodes: { weigh: { signature: weigh, instructions: 'Weigh.' } } })
  const build = () => buildGraph(program, signatureRegistry(anySignature(weigh)))
  expect(build).toThrow('nobody writes the key "mood" (mood -> weigh)')
})

test('verifyArtifact() refuses a worked example on which a check of its author\'s throws', () => {
  const touchy = { id: 'touchy', severity: 'error', find: () => { throw new TypeError('never looked') } } as const
  const judge = { ...tradeReview, name: 'test.judge.v1', reads: { request: ReviewRequest }, checks: [touchy] }
  const review = { signature: judge, role: 'policy_judge', mandatory: true, instructions: 'Review.' } as const
  const demonstrations = [{ input: { ...sampleRequest() }, output: { ...sampleOutput() } }]
  const program = defineProgram({ ...usual, output: 'review', nodes: { review: { ...review, demonstrations } } })
  const wanted = { programName: 'p', signatureVersion: 'v1', model: 'm', tradingMode: 'paper' } as const
  const verified = verifyArtifact(artifactBytes(program), hashJson(program), { ...wanted, signatures: signatureRegistry(anySignature(judge)) })
  expect(verified).toMatchObject({ ok: false, code: 'artifact_text_unsafe' })
})

test('word() refuses an empty list', () => {
  expect(() => word([], 'nothing to choose')).toThrow(RangeError)
})
