import { canonicalJson, hashJson, promotionBundle, sha256Hex } from '@torghut/contracts'
import type { PromotionBundle } from '@torghut/contracts'
import { readTrustedKey } from '@torghut/audit'
import { expect, test } from 'vitest'

import { PinRefusedError } from '../errors.ts'
import { exampleInputs } from '../testing/example-inputs.ts'
import { bundleOf, compiledArtifact, newApprover, promotionParts, signed } from '../testing/promotion.ts'
import type { TestApprover } from '../testing/promotion.ts'
import { checkHash } from './check-hash.ts'
import { checkFreshness, verifyPromotion } from './verify-promotion.ts'
import type { PinContext } from './verify-promotion.ts'

const desk = newApprover()
const { pins } = exampleInputs()

function context(...approvers: TestApprover[]): PinContext {
  const known = approvers.map(({ subject, publicPem }) => ({ subject, key: readTrustedKey(publicPem) }))
  return { pins, tradingMode: 'paper', approvers: known }
}

function refusalOf(act: () => unknown): string {
  try {
    act()
    return 'none'
  } catch (error) {
    if (error instanceof PinRefusedError) return error.refusal
    throw error
  }
}

const verify = (bundle: unknown, given: PinContext = context(desk)) => verifyPromotion('bundle.json', bundle, given)

test('verifyPromotion() proves an artifact that was evaluated, approved and promoted for this deployment', () => {
  const bundle = bundleOf(desk)
  expect(verify(bundle)).toMatchObject({ artifactHash: hashJson(compiledArtifact()), approver: { subject: 'risk-desk' } })
  expect(refusalOf(() => verify(JSON.parse(JSON.stringify(bundle))))).toBe('none')
})

test('verifyPromotion() refuses the evidence of one artifact offered for another, also with fitting hashes', () => {
  const other = compiledArtifact('seed-2')
  const text = canonicalJson(other)
  const bundle = bundleOf(desk)
  const parts = { ...bundle.parts, artifact: { sha256: sha256Hex(text), content: text } }
  const manifest = hashJson(Object.fromEntries(Object.entries(parts).map(([name, { sha256 }]) => [name, sha256])))
  expect(refusalOf(() => verify({ ...bundle, parts, manifest_hash: manifest }))).toBe('evidence_broken')
})

test('verifyPromotion() refuses every single changed character of a bundle', () => {
  const text = JSON.stringify(bundleOf(desk))
  const places = Array.from({ length: 60 }, (_, index) => Math.floor((index * text.length) / 60) + 3)
  for (const at of places) {
    const edited = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`
    let value: unknown
    try {
      value = JSON.parse(edited)
    } catch {
      continue
    }
    expect(refusalOf(() => verify(value)), `at ${at}: ${text.slice(at - 10, at + 10)}`).not.toBe('none')
  }
})

test('verifyPromotion() refuses a forged signature: of other terms, of another key under the same name, of nobody known', () => {
  const stranger = newApprover('risk-desk')
  const { approval, ...parts } = promotionParts(desk)
  const withApproval = (forged: typeof approval): PromotionBundle =>
    promotionBundle({ ...parts, approval: forged, promotion: { ...parts.promotion, approval_hash: hashJson(forged) } })
  // The stranger's signature under the desk's key id, a signature of other terms, and one of zeros.
  expect(refusalOf(() => verify(withApproval(signed(approval, stranger))))).toBe('signature_forged')
  expect(refusalOf(() => verify(withApproval({ ...approval, reason: 'Another reason' })))).toBe('signature_forged')
  expect(refusalOf(() => verify(withApproval({ ...approval, signature: 'A'.repeat(86) })))).toBe('signature_forged')
  expect(refusalOf(() => verify(bundleOf(stranger)))).toBe('approver_unknown')
  expect(refusalOf(() => verify(bundleOf(desk), context()))).toBe('approver_unknown')
})

test('verifyPromotion() refuses a known person who signs in the name of another', () => {
  const research = newApprover('research')
  const approval = { subject: 'risk-desk' }
  expect(refusalOf(() => verify(bundleOf(research, compiledArtifact(), { approval }), context(desk, research)))).toBe('approver_unknown')
})

test.each([
  ['program', { program_name: 'another-program' }, 'artifact_unusable'],
  ['signature version', { signature_version: 'v2' }, 'artifact_unusable'],
  ['model', { model: { name: 'another-model', knowledge_cutoff: null } }, 'artifact_unusable'],
  ['adapter', { adapter_version: 'another-adapter' }, 'artifact_unusable'],
])('verifyPromotion() refuses an artifact of another %s than this deployment serves', (_, change, refusal) => {
  expect(refusalOf(() => verify(bundleOf(desk, compiledArtifact('seed-1', change))))).toBe(refusal)
})

test('verifyPromotion() refuses another target: paper serves what is promoted for paper, live for scaled_live', () => {
  const forTarget = (target: 'paper' | 'shadow' | 'constrained_live' | 'scaled_live') =>
    bundleOf(desk, compiledArtifact(), { approval: { target }, evalReport: { promotion_recommendation: target } })
  const live: PinContext = { ...context(desk), tradingMode: 'live' }
  const targets = ['paper', 'shadow', 'constrained_live', 'scaled_live'] as const
  expect(targets.map((target) => refusalOf(() => verify(forTarget(target))))).toEqual(['none', ...Array<string>(3).fill('target_mismatch')])
  expect(targets.map((target) => refusalOf(() => verify(forTarget(target), live)))).toEqual([...Array<string>(3).fill('target_mismatch'), 'none'])
})

test.each([
  [{ gate_bypasses: 1 }, 'evaluation_failed'],
  [{ void_rows: 1 }, 'evaluation_failed'],
  [{ promotion_recommendation: 'hold' as const }, 'evaluation_failed'],
  [
    {
      outcomes: [{ gate: 'schema-validity', passed: false as const, code: 'schema_valid_rate_unproved', evidence: {} }],
      gate_compatibility: 'fail' as const,
      promotion_recommendation: 'hold' as const,
    },
    'evaluation_failed',
  ],
  [{ promotion_recommendation: 'scaled_live' as const }, 'none'],
])('verifyPromotion() judges an evaluation with %j: %s', (evalReport, refusal) => {
  expect(refusalOf(() => verify(bundleOf(desk, compiledArtifact(), { evalReport })))).toBe(refusal)
})

test('verifyPromotion() refuses a promotion on an approval that had expired', () => {
  // The example approval is good from 09:00 to 17:00.
  const at = (promoted_at: string) => refusalOf(() => verify(bundleOf(desk, compiledArtifact(), { promotion: { promoted_at } })))
  expect(at('2026-03-01T16:59:59.999Z')).toBe('none')
  expect(at('2026-03-01T17:00:00Z')).toBe('evidence_broken')
})

test.each([
  ['2026-03-01T16:59:59.999Z', 'none'],
  ['2026-03-01T17:00:00Z', 'approval_expired'],
  ['2026-03-01T09:55:00Z', 'none'],
  ['2026-03-01T09:54:59.999Z', 'promotion_in_future'],
])('checkFreshness() of a promotion at 10:00 with an approval until 17:00, at %s: %s', (asOf, refusal) => {
  expect(refusalOf(() => checkFreshness(promotionParts(desk), new Date(asOf)))).toBe(refusal)
})

test.each([
  ['2026-02-28T10:00:00Z', 'none'],
  ['2026-02-28T09:59:59.999Z', 'evaluation_stale'],
])('checkFreshness() of a promotion at 10:00 on an evaluation of %s: %s', (evaluated_at, refusal) => {
  const parts = promotionParts(desk, compiledArtifact(), { evalReport: { evaluated_at } })
  expect(refusalOf(() => checkFreshness(parts, new Date('2026-03-01T10:00:00Z')))).toBe(refusal)
})

test.each([
  ['', 'hash_empty'],
  [' '.repeat(64), 'hash_malformed'],
  ['A'.repeat(64), 'hash_upper_case'],
  [`a${'0'.repeat(62)}A`, 'hash_upper_case'],
  ['a'.repeat(63), 'hash_malformed'],
  ['a'.repeat(65), 'hash_malformed'],
  [`${'a'.repeat(64)}\n`, 'hash_malformed'],
  ['g'.repeat(64), 'hash_malformed'],
  ['df087a5e643d6478b1ebe51bf44ad2d0e2228825c1c0a8e9dc345729d6a3bbff', 'hash_bootstrap'],
  ['a'.repeat(64), 'none'],
])('checkHash() of %j: %s', (hash, refusal) => {
  expect(refusalOf(() => checkHash(hash, { entries: [] }))).toBe(refusal)
})
