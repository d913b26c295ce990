/**
 * Keys of a run that changes keys. Such a key is the replica's, and carries the master's with it,
 * sealed: whatever repeats it by mistake tells nothing. The member that carries it has the empty
 * name, which no attribute can have.
 */
import type { KeyText } from './key.ts'

const MEMBER = ',"":{"S":"'

/** @param origin the sealed key of the master, without characters that JSON escapes */
export const withOrigin = (key: KeyText, origin: string): KeyText =>
  `${key.slice(0, -1)}${MEMBER}${origin}"}}`

/** As the replica has it. */
export function withoutOrigin(key: KeyText): KeyText {
  const at = key.indexOf(MEMBER)
  return at < 0 ? key : `${key.slice(0, at)}}`
}

/** Undefined: master and replica have one key. */
export function originOf(key: KeyText): string | undefined {
  const at = key.indexOf(MEMBER)
  return at < 0 ? undefined : key.slice(at + MEMBER.length, -3)
}
