/** How two files of lines begin alike: an attempt that took another one up begins with a copy. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Bytes } from '../model/units.ts'

const linesOf = (file: string) =>
  createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]()

/** How many lines at their beginning are the same. */
export async function commonLines(one: string, other: string): Promise<number> {
  const [a, b] = [linesOf(one), linesOf(other)]
  try {
    for (let lines = 0; ; lines++) {
      const [left, right] = await Promise.all([a.next(), b.next()])
      if (left.done || right.done || left.value !== right.value) return lines
    }
  } finally {
    await a.return?.()
    await b.return?.()
  }
}

const NEWLINE = 10

/** How many lines end within the first bytes of a file. */
export async function linesWithin(file: string, bytes: Bytes): Promise<number> {
  let lines = 0
  if (bytes === 0) return lines
  for await (const chunk of createReadStream(file, { end: bytes - 1 }) as AsyncIterable<Buffer>) {
    for (const byte of chunk) if (byte === NEWLINE) lines++
  }
  return lines
}
