/** What `tablesync show NEW --since OLD` prints. */
import { count } from '../model/figures.ts'
import { titleLine } from './show-lines.ts'
import type { ShownFile, ShownLine } from './shown-file.ts'
import type { Since, SinceCounts } from './since.ts'

export interface SinceContext {
  readonly now: ShownFile
  readonly since: Since
}

export async function* sinceLines(
  { now, since }: SinceContext,
  textOf: (line: ShownLine) => string[],
): AsyncGenerator<string> {
  yield titleLine(now)
  yield countsLine(since.counts)
  for (const [title, lines] of [
    ['New:', since.fresh],
    ['Gone:', since.gone],
  ] as const) {
    let isFirst = true
    for await (const line of lines) {
      if (isFirst) yield* ['', title]
      isFirst = false
      yield* textOf(line)
    }
  }
}

function countsLine({ fresh, gone, stayed, elsewhere, unverified }: SinceCounts): string {
  const moved = elsewhere === 0 ? '' : ` (${count(elsewhere)} of them differ elsewhere now)`
  const unknown = unverified === 0 ? '' : `, ${count(unverified)} could not be judged`
  return `${count(fresh)} new, ${count(gone)} gone, ${count(stayed)} stayed${moved}${unknown}`
}
