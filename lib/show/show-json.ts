/** What `tablesync show --json` prints: one document, line by line. */
import type { FileTotals } from './file-totals.ts'
import type { Shown } from './show-lines.ts'
import { footerOf, type ShownFile, type ShownLine } from './shown-file.ts'
import type { SinceContext } from './since-lines.ts'

export async function* jsonOfShown(
  { header, totals, picked, end }: Shown,
  lines: AsyncIterable<ShownLine>,
): AsyncGenerator<string> {
  const footer = footerOf(end)
  const about = {
    ...aboutOf({ header }),
    ...(footer?.end !== undefined && { end: footer.end }),
    totals: totalsOf(picked ?? totals),
  }
  yield `${opened(about)},"items":[`
  yield* elements(lines)
  yield ']}'
}

export async function* jsonOfSince({ now, since }: SinceContext): AsyncGenerator<string> {
  const { fresh, ...counts } = since.counts
  yield `${opened({ ...aboutOf(now), totals: { new: fresh, ...counts } })},"new":[`
  yield* elements(since.fresh)
  yield '],"gone":['
  yield* elements(since.gone)
  yield ']}'
}

const aboutOf = ({ header }: Pick<ShownFile, 'header'>) => {
  const { tablesync, run, began, master, tables, export: of } = header
  return {
    version: 1,
    shows: tablesync,
    run,
    began,
    master: master?.label,
    replicas: Object.keys(tables),
    ...(of !== undefined && { export: of }),
  }
}

function totalsOf({ kinds, actions, attributes, bytes, writeUnits, unsized }: FileTotals) {
  const places = Object.fromEntries(attributes.map(({ place, items }) => [place, items]))
  return {
    ...kinds,
    actions: Object.fromEntries(actions),
    attributes: places,
    bytes,
    writeUnits,
    unsized,
  }
}

/** A document without its end. */
const opened = (value: object) => JSON.stringify(value).slice(0, -1)

async function* elements(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  let before: string | undefined
  for await (const value of values) {
    if (before !== undefined) yield `${before},`
    before = JSON.stringify(value)
  }
  if (before !== undefined) yield before
}
