import { expect, test } from 'vitest'

import { canonicalJson, hashJson, sha256Hex } from '../canonical/canonical-json.ts'
import { examplePromotion, examplePromotionParts } from '../testing/lifecycle.ts'
import type { PromotionBundle, PromotionParts } from './promotion-bundle.ts'
import { promotionBundle, readPromotionBundle } from './promotion-bundle.ts'
import { PromotionRecord } from './promotion.ts'

type PartName = keyof PromotionBundle['parts']

/** A bundle in which one part holds other text, with hashes that fit it. */
function withText(name: PartName, content: string): PromotionBundle {
  const bundle = promotionBundle(examplePromotionParts())
  const parts = { ...bundle.parts, [name]: { sha256: sha256Hex(content), content } }
  const hashes = Object.fromEntries(Object.entries(parts).map(([part, { sha256 }]) => [part, sha256]))
  return { ...bundle, parts, manifest_hash: hashJson(hashes) }
}

function changed(change: (parts: PromotionParts) => Partial<PromotionParts>): PromotionBundle {
  const parts = examplePromotionParts()
  return promotionBundle({ ...parts, ...change(parts) })
}

function codeOf(bundle: unknown): string {
  const read = readPromotionBundle(bundle)
  return read.ok ? 'ok' : read.code
}

test('readPromotionBundle() gives back the parts a bundle was written from, also after a journey as JSON', () => {
  const parts = examplePromotionParts()
  const bundle = promotionBundle(parts)
  expect(promotionBundle(parts)).toEqual(bundle)
  expect(readPromotionBundle(JSON.parse(JSON.stringify(bundle)))).toEqual({ ok: true, parts })
})

test.each([null, [], 'text', {}, { ...promotionBundle(examplePromotionParts()), extra: 1 }])(
  'readPromotionBundle() refuses %j',
  (value) => {
    expect(codeOf(value)).toBe('bundle_shape')
  },
)

test.each<PartName>(['artifact', 'eval_report', 'approval', 'promotion'])(
  'readPromotionBundle() finds every change of the part %s',
  (name) => {
    const bundle = promotionBundle(examplePromotionParts())
    const part = bundle.parts[name]
    const content = part.content.replace('trade-review', 'trade-reviev')
    const rewritten = (sha256: string) => ({ ...bundle, parts: { ...bundle.parts, [name]: { sha256, content } } })
    expect(codeOf(rewritten(part.sha256))).toBe('part_hash_mismatch')
    expect(codeOf(rewritten(sha256Hex(content)))).toBe('manifest_hash_mismatch')
    expect(codeOf(withText(name, `${part.content} `))).toBe('part_not_canonical')
    expect(codeOf(withText(name, '{broken'))).toBe('part_not_canonical')
    expect(codeOf(withText(name, '{}'))).toBe('part_shape')
  },
)

test('readPromotionBundle() refuses a part that parsing would change', () => {
  const promotion = { ...examplePromotion(), promoted_at: '2026-03-01T11:00:00+01:00' }
  expect(PromotionRecord.parse(promotion).promoted_at).toBe('2026-03-01T10:00:00Z')
  expect(codeOf(withText('promotion', canonicalJson(promotion)))).toBe('part_shape')
})

test.each<[string, Parameters<typeof changed>[0]]>([
  ['artifact_not_compiled', ({ artifact }) => ({ artifact: { ...artifact, kind: 'seed' } })],
  ['artifact_binding', ({ artifact }) => ({ artifact: { ...artifact, signature_version: 'v2' } })],
  ['artifact_binding', ({ promotion }) => ({ promotion: { ...promotion, program_name: 'another' } })],
  ['artifact_binding', ({ approval }) => ({ approval: { ...approval, artifact_hash: 'a'.repeat(64) } })],
  ['artifact_binding', ({ evalReport }) => ({ evalReport: { ...evalReport, artifact_hash: 'a'.repeat(64) } })],
  ['eval_binding', ({ evalReport }) => ({ evalReport: { ...evalReport, latency_p95_ms: 1 } })],
  ['eval_binding', ({ approval }) => ({ approval: { ...approval, eval_hash: 'a'.repeat(64) } })],
  ['eval_binding', ({ promotion }) => ({ promotion: { ...promotion, compile_hash: 'a'.repeat(64) } })],
  ['approval_binding', ({ approval }) => ({ approval: { ...approval, reason: 'another' } })],
  ['approval_binding', ({ promotion }) => ({ promotion: { ...promotion, target: 'scaled_live' } })],
  ['approval_binding', ({ promotion }) => ({ promotion: { ...promotion, approved_by: 'somebody-else' } })],
  ['approval_binding', ({ promotion }) => ({ promotion: { ...promotion, approval_id: promotion.promotion_id } })],
  ['approval_not_current', ({ promotion }) => ({ promotion: { ...promotion, promoted_at: '2026-03-01T08:59:59Z' } })],
  ['ok', ({ promotion }) => ({ promotion: { ...promotion, promoted_at: '2026-03-01T09:00:00Z' } })],
  ['ok', ({ promotion }) => ({ promotion: { ...promotion, promoted_at: '2026-03-01T16:59:59.999Z' } })],
  ['approval_not_current', ({ promotion }) => ({ promotion: { ...promotion, promoted_at: '2026-03-01T17:00:00Z' } })],
])('readPromotionBundle() answers %s for parts that hash well but do not belong together: %s', (code, change) => {
  expect(codeOf(changed(change))).toBe(code)
})

test('PromotionRecord refuses an approver who compiled', () => {
  expect(PromotionRecord.safeParse(examplePromotion()).success).toBe(true)
  const own = PromotionRecord.safeParse({ ...examplePromotion(), compiled_by: 'risk-desk' })
  expect(own.error?.issues.map(({ path }) => path)).toEqual([['approved_by']])
})
