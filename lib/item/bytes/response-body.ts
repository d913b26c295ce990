/** The body of an answer: lent, and given back by whoever is sure that nobody holds a part of it. */
export interface Body {
  readonly bytes: Buffer
  /** Whether a checksum says that it is as it was sent. */
  readonly isVerified: boolean
  /** The bytes are overwritten from here on. */
  giveBack(): void
}

/** A body that nobody wants back. */
export const ownBody = (bytes: Buffer, isVerified = true): Body => ({
  bytes,
  isVerified,
  giveBack() {},
})
