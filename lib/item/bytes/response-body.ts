/** The body of an answer. It is lent: return it only when sure that nobody holds a part of it. */
export interface Body {
  readonly bytes: Buffer
  /** Whether a checksum has shown that the bytes are as they were sent. */
  readonly isVerified: boolean
  /** After this call, the bytes may be overwritten. */
  giveBack(): void
}

/** A body that need not be given back. */
export const ownBody = (bytes: Buffer, isVerified = true): Body => ({
  bytes,
  isVerified,
  giveBack() {},
})
