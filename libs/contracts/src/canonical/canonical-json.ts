import { hash } from 'node:crypto'

import canonicalize from 'canonicalize'

/** How every hash of ours is made; stored beside the hashes so that a later scheme can be told apart. */
export const HASH_VERSION = 'jcs-sha256-v1'

/** A SHA-256 in lower-case hex: 64 characters. */
export type Sha256Hex = string

/** Serialises a JSON value as RFC 8785 asks. Throws `TypeError` on what JSON cannot hold (NaN, undefined, functions). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('Cannot canonicalise a value that JSON has no form for')
  return text
}

/** SHA-256 of UTF-8 text or raw bytes, lower-case hex. */
export function sha256Hex(content: string | Uint8Array): Sha256Hex {
  return hash('sha256', content)
}

/** SHA-256 over the canonical JSON (RFC 8785) of a value, lower-case hex. */
export function hashJson(value: unknown): Sha256Hex {
  return sha256Hex(canonicalJson(value))
}
