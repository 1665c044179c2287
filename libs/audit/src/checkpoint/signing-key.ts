import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

import { sha256Hex } from '@torghut/contracts'

import { SigningKeyInvalidError } from '../errors.ts'

/** The private key that signs checkpoints, with the name its signatures go by. */
export interface SigningKey {
  keyId: string
  privateKey: KeyObject
}

/** A public key that checkpoints may be signed with. */
export interface TrustedKey {
  keyId: string
  publicKey: KeyObject
}

/** Reads an Ed25519 private key in PKCS 8 PEM. Throws `SigningKeyInvalidError`, which never repeats the text. */
export function readSigningKey(pem: string): SigningKey {
  const privateKey = readKey(() => createPrivateKey(pem))
  return { keyId: keyIdOf(createPublicKey(privateKey)), privateKey }
}

/** Reads the key to check signatures with: a public key, or the private one it belongs to, in PEM. */
export function readTrustedKey(pem: string): TrustedKey {
  const publicKey = readKey(() => createPublicKey(pem))
  return { keyId: keyIdOf(publicKey), publicKey }
}

/** The public key in PEM (SubjectPublicKeyInfo). */
export function publicPem({ publicKey }: TrustedKey): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

/** Ed25519 over the bytes, 64 bytes long (RFC 8032). */
export function signBytes(key: SigningKey, bytes: Uint8Array): Buffer {
  return sign(null, bytes, key.privateKey)
}

/** Whether the signature is the key's own, over exactly these bytes. Never throws for a signature of any length. */
export function isSignedBy(key: TrustedKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, bytes, key.publicKey, signature)
}

function keyIdOf(publicKey: KeyObject): string {
  return sha256Hex(publicKey.export({ type: 'spki', format: 'der' }))
}

function readKey(read: () => KeyObject): KeyObject {
  const key = readPem(read)
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new SigningKeyInvalidError(`it is of type ${key.asymmetricKeyType ?? 'unknown'}, not Ed25519`)
  }
  return key
}

function readPem(read: () => KeyObject): KeyObject {
  try {
    return read()
  } catch (cause) {
    throw new SigningKeyInvalidError('it is no PEM of a key', { cause })
  }
}
