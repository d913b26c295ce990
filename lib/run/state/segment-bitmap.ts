/** Segment numbers as one bit each: a run may have a million segments. */
export const SegmentSet = {
  toText(segments: ReadonlySet<number>, count: number): string {
    const bits = new Uint8Array(Math.ceil(count / 8))
    for (const segment of segments)
      bits[segment >> 3] = (bits[segment >> 3] ?? 0) | (1 << (segment & 7))
    return Buffer.from(bits).toString('base64')
  },

  *fromText(text: string): Generator<number> {
    const bits = Buffer.from(text, 'base64')
    for (const [at, byte] of bits.entries()) {
      for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) yield at * 8 + bit
    }
  },
}
