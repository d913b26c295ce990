/**
 * Seals keys of the master that travel beside those of the replica: equal keys alike, for one run.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { KeyText } from '../../item/key.ts'

const CIPHER = 'aes-256-ctr'
const IV_BYTES = 16

export class SealedKeys {
  readonly #secret: Uint8Array

  /** @param secret 32 random bytes that all threads of the run share, and that nothing keeps */
  constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  /** In letters that JSON does not escape. */
  seal(key: KeyText): string {
    // Never the same counter for two keys: it is a hash of the key.
    const iv = createHmac('sha256', this.#secret).update(key).digest().subarray(0, IV_BYTES)
    const cipher = createCipheriv(CIPHER, this.#secret, iv)
    return Buffer.concat([iv, cipher.update(key), cipher.final()]).toString('base64url')
  }

  open(sealed: string): KeyText {
    const bytes = Buffer.from(sealed, 'base64url')
    const cipher = createDecipheriv(CIPHER, this.#secret, bytes.subarray(0, IV_BYTES))
    return cipher.update(bytes.subarray(IV_BYTES), undefined, 'utf8') + cipher.final('utf8')
  }
}
