/** Compressed answers, each compressed once: the server shares the cores with what is measured. */
import { gzipSync } from 'node:zlib'

/** By the text of the request. They are small: a page of generated items shrinks to a tenth. */
const kept = new Map<string, Buffer>()
const MOST_KEPT = 10_000

/** Smaller answers stay as they are. */
const LEAST_BYTES = 1024

/** Undefined: the answer is too small. `request`: what it answers, if that never changes. */
export function compressed(answer: Buffer, request: string | undefined): Buffer | undefined {
  if (answer.length < LEAST_BYTES) return undefined
  const known = request === undefined ? undefined : kept.get(request)
  if (known !== undefined) return known
  const made = gzipSync(answer, { level: 1 })
  if (request !== undefined && kept.size < MOST_KEPT) kept.set(request, made)
  return made
}
