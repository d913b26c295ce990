/**
 * Prints the tests as TAP: of what passed one line each, of what failed all that is known, and at
 * the end the slowest files, and the failures once more, each with the last that its file wrote to
 * standard error: of a process that aborts, nothing else says why.
 * `node --test --test-reporter=<this file>`.
 */
import { basename, dirname } from 'node:path'
import { tap } from 'node:test/reporters'

type Event = Parameters<typeof tap>[0] extends AsyncIterable<infer Each> ? Each : never

const SLOWEST = 40
/** A native stack has some 30 lines. */
const LAST_LINES = 60

// biome-ignore lint/style/noDefaultExport: node:test asks for it
export default async function* report(source: AsyncIterable<Event>): AsyncGenerator<string> {
  const failed: Ended[] = []
  /** Seconds of the tests of each file. */
  const took = new Map<string, number>()
  /** The end of what each file wrote to standard error. */
  const said = new Map<string, string>()
  async function* told(): AsyncGenerator<Event> {
    for await (const event of source) {
      if (event.type === 'test:stderr') noteEnd(said, event.data)
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
  for (const file of new Set(failed.map((each) => each.file ?? ''))) {
    const lines = said.get(file)?.trimEnd().split('\n') ?? []
    if (lines.length > 0) yield `# the end of the standard error of ${file}:\n`
    for (const line of lines) yield `#   ${line}\n`
  }
}

interface Said {
  readonly file?: string | undefined
  readonly message: string
}

interface Ended {
  readonly file?: string
  readonly name: string
  readonly nesting?: number
  readonly details?: { readonly duration_ms?: number }
}

function noteEnd(said: Map<string, string>, { file = '', message }: Said): void {
  const text = (said.get(file) ?? '') + message
  said.set(file, text.split('\n').slice(-LAST_LINES).join('\n'))
}

/** Assertions that hold, and what their tests say meanwhile, would be thousands of lines. */
function isTold(event: Event): boolean {
  if (event.type === 'test:stdout' || event.type === 'test:stderr') return false
  const { nesting = 0 } = (event.data ?? {}) as { readonly nesting?: number }
  return event.type === 'test:fail' || nesting === 0
}
