/** Keyed hashes (HMAC-SHA-256) of values, as bytes, as hexadecimal text and as decimal digits. */
import { createHmac } from 'node:crypto'

/** A value in the one form that all equal values of its type share. */
export interface CanonicalValue {
  readonly type: 'S' | 'N' | 'B'
  readonly content: string | Uint8Array
}

/** Equal values of one type, under one rule, have equal hashes wherever they stand. */
export class KeyedHash {
  readonly #key: Uint8Array

  constructor(key: Uint8Array) {
    this.#key = key
  }

  bytes(rule: string, { type, content }: CanonicalValue, block = 0): Buffer {
    return createHmac('sha256', this.#key)
      .update(`tablesync mask\0${rule}\0${type}\0${block}\0`)
      .update(content)
      .digest()
  }

  hex(rule: string, value: CanonicalValue, length: number): string {
    return this.bytes(rule, value).toString('hex').slice(0, length)
  }

  /** So many decimal digits. */
  digits(rule: string, value: CanonicalValue, length: number): string {
    let digits = ''
    for (let block = 1; digits.length < length; block++) {
      const number = BigInt(`0x${this.bytes(rule, value, block).toString('hex')}`)
      digits += String(number % MODULUS).padStart(A_BLOCK, '0')
    }
    return digits.slice(0, length)
  }
}

/** Digits of one hash: far fewer than it has bits for, so that each is as likely as another. */
const A_BLOCK = 50
const MODULUS = 10n ** BigInt(A_BLOCK)
