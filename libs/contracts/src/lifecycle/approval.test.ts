import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'

import { exampleApproval } from '../testing/lifecycle.ts'
import { Approval, ApprovalTerms, approvalPayload } from './approval.ts'

const { signature: _, ...TERMS } = exampleApproval()

/** PKCS8 in front of 32 key bytes: an Ed25519 key anybody may know, so that the signature can be pinned. */
const KEY = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
})

function signed(terms: ApprovalTerms): Approval {
  return Approval.parse({ ...terms, signature: sign(null, approvalPayload(terms), KEY).toString('base64url') })
}

function verifies(approval: Approval): boolean {
  return verify(null, approvalPayload(approval), createPublicKey(KEY), Buffer.from(approval.signature, 'base64url'))
}

test('approvalPayload() is the same for terms and for the approval signed over them', () => {
  const approval = signed(TERMS)
  expect(approvalPayload(approval)).toEqual(approvalPayload(TERMS))
  expect(verifies(approval)).toBe(true)
  expect(approval.signature).toBe(
    'biLvF8WKcAaedUmgArRI0xEVl5OdQUBLD6rG2mNsuBQe93sHbjjPwhli7P9RPPWEQl0wA8jSJnYH6BbZVCuLBw',
  )
})

test.each([
  ['approval_id', '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7bff'],
  ['program_name', 'another'],
  ['artifact_hash', 'a'.repeat(64)],
  ['target', 'scaled_live'],
  ['eval_hash', 'a'.repeat(64)],
  ['subject', 'somebody-else'],
  ['reason', 'another reason'],
  ['issued_at', '2026-03-01T09:00:01Z'],
  ['expires_at', '2026-03-01T17:00:01Z'],
  ['nonce', 'f'.repeat(32)],
  ['key_id', 'b'.repeat(64)],
])('approvalPayload() covers %s', (field, value) => {
  expect(verifies(Approval.parse({ ...signed(TERMS), [field]: value }))).toBe(false)
})

test.each([
  ['2026-03-01T09:00:00.001Z', true],
  ['2026-03-01T09:00:00Z', false],
  ['2026-03-01T08:59:59Z', false],
  ['2026-03-02T09:00:00Z', true],
  ['2026-03-02T09:00:00.001Z', false],
])('Approval issued at 09:00 may expire at %s: %s', (expires_at, accepted) => {
  expect(ApprovalTerms.safeParse({ ...TERMS, expires_at }).success).toBe(accepted)
  expect(Approval.safeParse({ ...exampleApproval(), expires_at }).success).toBe(accepted)
})

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['63 bytes', 'A'.repeat(84)],
  ['65 bytes', 'A'.repeat(87)],
  ['a second spelling of the last byte', `${'A'.repeat(85)}B`],
  ['plain base64', `${'A'.repeat(84)}+A`],
])('Approval refuses a signature that is %s', (_name, signature) => {
  expect(Approval.safeParse({ ...exampleApproval(), signature }).success).toBe(false)
})

test('Approval and its terms refuse keys they do not know', () => {
  expect(Approval.safeParse({ ...exampleApproval(), approved: true }).success).toBe(false)
  expect(ApprovalTerms.safeParse(exampleApproval()).success).toBe(false)
})
