/** How two files of lines begin alike: an attempt that took another one up begins with a copy. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

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
