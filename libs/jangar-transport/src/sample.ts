/** How much of a stranger's body is told, in bytes: enough to recognise a login page or another protocol. */
export const EXCERPT_BYTES = 200

/** A longer key could straddle the end of a sample and be told in part. */
export const API_KEY_LENGTH_MAX = 2_048

/** What is kept of a body's start: the excerpt and a key that begins inside it, in any escaped form. */
const SAMPLE_BYTES = EXCERPT_BYTES + 3 * API_KEY_LENGTH_MAX

export interface Sample {
  push(chunk: Uint8Array): void
  bytes(): Uint8Array
}

/** Keeps the first bytes of a body, copied, and nothing after them. */
export function openSample(): Sample {
  const chunks: Buffer[] = []
  let length = 0
  return {
    push(chunk) {
      if (length >= SAMPLE_BYTES) return
      const part = Buffer.from(chunk.subarray(0, SAMPLE_BYTES - length))
      chunks.push(part)
      length += part.length
    },
    bytes: () => Buffer.concat(chunks),
  }
}

/**
 * The first 200 bytes as printable ASCII: line ends, controls and everything beyond ASCII escaped, the
 * key hidden before the cut, so that not even a part of it is told.
 */
export function excerptOf(sample: Uint8Array, apiKey: string | null): string {
  const start = Buffer.from(sample.subarray(0, SAMPLE_BYTES)).toString('latin1')
  const forms = apiKey === null ? [] : [apiKey, JSON.stringify(apiKey).slice(1, -1), encodeURIComponent(apiKey)]
  const hidden = forms.reduce((text, form) => text.replaceAll(form, '[hidden]'), start)
  return hidden.slice(0, EXCERPT_BYTES).replace(/[^\x20-\x7e]|["\\]/g, escapeByte)
}

function escapeByte(byte: string): string {
  const known = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' }[byte]
  return known ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`
}
