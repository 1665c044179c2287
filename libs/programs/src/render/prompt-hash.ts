import { hashJson } from '@torghut/contracts'
import type { ChatMessage } from '@torghut/contracts'

const NONCE_PLACEHOLDER = '{nonce}'

/** Names a prompt whatever the nonce of its call: SHA-256 over the canonical messages with the nonce taken out. */
export function promptHash(messages: readonly ChatMessage[], nonce: string): string {
  const withoutNonce = (content: string) => content.replaceAll(nonce, NONCE_PLACEHOLDER)
  return hashJson(messages.map(({ role, content }) => ({ role, content: withoutNonce(content) })))
}
