import { expect, test } from 'vitest'

import { nonceFrom } from '../answer/nonce.ts'
import { soloSeedArtifact } from '../artifact/seed.ts'
import { SAMPLE_NONCE, sampleRequest } from '../testing/samples.ts'
import { promptHash } from './prompt-hash.ts'
import { renderMessages } from './render-messages.ts'

const NODE = soloSeedArtifact('gpt-5.3-codex-spark').nodes[0]!

test('promptHash() is the same for one prompt under two nonces', () => {
  const other = nonceFrom(new Uint8Array(16).fill(9))
  expect(other).not.toBe(SAMPLE_NONCE)
  expect(hashOf(SAMPLE_NONCE)).toBe(hashOf(other))
  expect(hashOf(SAMPLE_NONCE)).toMatch(/^[0-9a-f]{64}$/)
})

test('promptHash() differs when the request, the instructions or a role differ', () => {
  const messages = renderMessages(NODE, sampleRequest(), SAMPLE_NONCE)
  const hashes = [
    promptHash(messages, SAMPLE_NONCE),
    promptHash(renderMessages(NODE, sampleRequest({ prompt_version: 'dspy:v2' }), SAMPLE_NONCE), SAMPLE_NONCE),
    promptHash(renderMessages({ ...NODE, instructions: 'Be kind.' }, sampleRequest(), SAMPLE_NONCE), SAMPLE_NONCE),
    promptHash(messages.map((message) => ({ ...message, role: 'user' as const })), SAMPLE_NONCE),
  ]
  expect(new Set(hashes).size).toBe(4)
})

function hashOf(nonce: string): string {
  return promptHash(renderMessages(NODE, sampleRequest(), nonce), nonce)
}
