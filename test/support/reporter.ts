/**
 * Prints the tests as TAP: of what passed one line each, of what failed all that is known, and at
 * the end the slowest files, and the failures once more. `node --test --test-reporter=<this file>`.
 */
import { basename, dirname } from 'node:path'
import { tap } from 'node:test/reporters'

type Event = Parameters<typeof tap>[0] extends AsyncIterable<infer Each> ? Each : never

const SLOWEST = 40

// biome-ignore lint/style/noDefaultExport: node:test asks for it
export default async function* report(source: AsyncIterable<Event>): AsyncGenerator<string> {
  const failed: Ended[] = []
  /** Seconds of the tests of each file. */
  const took = new Map<string, number>()
  async function* told(): AsyncGenerator<Event> {
    for await (const event of source) {
      const ended = event.data as Ended
      if (event.type === 'test:fail') failed.push(ended)
      if (ended?.nesting === 0 && ended.file !== undefined && ended.details !== undefined) {
        const seconds = (ended.details.duration_ms ?? 0) / 1000
        took.set(ended.file, (took.get(ended.file) ?? 0) + seconds)
      }
      if (isTold(event)) yield event
    }
  }
  yield* tap(told() as never) as AsyncIterable<string>
  yield '# the slowest files, in seconds of their tests:\n'
  const slowest = [...took].sort(([, a], [, b]) => b - a).slice(0, SLOWEST)
  for (const [file, seconds] of slowest) {
    yield `#   ${Math.round(seconds)} ${basename(dirname(file))}/${basename(file)}\n`
  }
  if (failed.length === 0) return
  yield '# failed:\n'
  for (const { file, name } of failed) yield `#   ${file ?? ''}: ${name}\n`
}

interface Ended {
  readonly file?: string
  readonly name: string
  readonly nesting?: number
  readonly details?: { readonly duration_ms?: number }
}

/** Assertions that hold, and what their tests say meanwhile, would be thousands of lines. */
function isTold(event: Event): boolean {
  if (event.type === 'test:stdout' || event.type === 'test:stderr') return false
  const { nesting = 0 } = (event.data ?? {}) as { readonly nesting?: number }
  return event.type === 'test:fail' || nesting === 0
}
