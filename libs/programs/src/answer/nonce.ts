import { NonceBytesError } from '../errors.ts'
import { endsInSquare, hasSquare } from './squares.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** 16 characters of 36 hold about 80 bits: beyond what tool output, news or an earlier draft can hit by chance. */
const NONCE_LENGTH_MIN = 16
const NONCE_LENGTH_MAX = 64

/** True for 16 to 64 characters of a–z and 0–9 without any repetition the gateway could swallow. */
export function isUsableNonce(nonce: string): boolean {
  return new RegExp(`^[a-z0-9]{${NONCE_LENGTH_MIN},${NONCE_LENGTH_MAX}}$`).test(nonce) && !hasSquare(nonce)
}

/**
 * Makes a usable nonce from random bytes, one character a byte: same bytes, same nonce. A character that would repeat
 * what stands before it gives way to the next in the alphabet. Throws `NonceBytesError` outside 16 to 64 bytes.
 */
export function nonceFrom(bytes: Uint8Array): string {
  if (bytes.length < NONCE_LENGTH_MIN || bytes.length > NONCE_LENGTH_MAX) {
    throw new NonceBytesError(bytes.length, NONCE_LENGTH_MIN, NONCE_LENGTH_MAX)
  }
  return bytes.reduce((nonce, byte) => nonce + nextCharacter(nonce, byte), '')
}

/** At most 32 half-lengths can forbid one character each, and the alphabet has 36: a free one always exists. */
function nextCharacter(nonce: string, byte: number): string {
  const start = byte % ALPHABET.length
  const order = ALPHABET.slice(start) + ALPHABET.slice(0, start)
  return Array.from(order).find((character) => !endsInSquare(nonce + character)) ?? ''
}
