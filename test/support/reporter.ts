/**
 * Prints the tests as TAP: of what passed one line each, of what failed all that is known, and at
 * the end the failures once more. `node --test --test-reporter=<this file>`.
 */
import { tap } from 'node:test/reporters'

type Event = Parameters<typeof tap>[0] extends AsyncIterable<infer Each> ? Each : never

// biome-ignore lint/style/noDefaultExport: node:test asks for it
export default async function* report(source: AsyncIterable<Event>): AsyncGenerator<string> {
  const failed: Event[] = []
  async function* told(): AsyncGenerator<Event> {
    for await (const event of source) {
      if (event.type === 'test:fail') failed.push(event)
      if (isTold(event)) yield event
    }
  }
  yield* tap(told() as never) as AsyncIterable<string>
  if (failed.length === 0) return
  yield '# failed:\n'
  for (const { data } of failed as readonly (Event & { readonly data: Failure })[]) {
    yield `#   ${data.file ?? ''}: ${data.name}\n`
  }
}

interface Failure {
  readonly file?: string
  readonly name: string
}

/** Assertions that hold, and what their tests say meanwhile, would be thousands of lines. */
function isTold(event: Event): boolean {
  if (event.type === 'test:stdout' || event.type === 'test:stderr') return false
  const { nesting = 0 } = (event.data ?? {}) as { readonly nesting?: number }
  return event.type === 'test:fail' || nesting === 0
}
