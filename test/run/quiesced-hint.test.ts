/** The end of a repair says when `--quiesced` would have spared most of what was read. */
import type { RunEvent, RunOptions, Summary, WireItem } from 'tablesync'
import { verdictLines } from '../../lib/report/lines/summary-lines.ts'
import { item, openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const HINT = /^ {8}[\d,.]+ read units went into reading keys again: --quiesced takes less than half/

type PlanEvent = RunEvent & { readonly type: 'plan' }

const unitsOf = ({ master, replicas }: Summary) =>
  Object.values(replicas).reduce((sum, { readUnits }) => sum + readUnits, master.readUnits)

const ITEMS = Array.from({ length: 1200 }, (_, index) => item(index))
const other = (one: WireItem): WireItem => ({ ...one, other: { S: 'x' } })

async function told(t: Test, replicaItems: readonly WireItem[], options: Partial<RunOptions>) {
  const { run } = await openScene(t, { masterItems: ITEMS, replicaItems })
  const { summary, events } = await run(options)
  const plan = events.find((event): event is PlanEvent => event.type === 'plan')
  const hints = verdictLines(summary, plan).filter((line) => HINT.test(String(line)))
  const [counts] = Object.values(summary.replicas)

  const { recheckUnits = 0 } = counts ?? {}
  return { units: unitsOf(summary), hints, recheckUnits }
}

t.test('a run that fills a table says so, and --quiesced takes less than half', async (t) => {
  const careful = await told(t, [], { writeMissing: true })
  const quiesced = await told(t, [], { writeMissing: true, quiesced: true })
  t.equal(careful.hints.length, 1)
  t.same(quiesced.hints, [])
  t.ok(quiesced.units < careful.units / 2, `${quiesced.units} instead of ${careful.units}`)
  t.ok(careful.recheckUnits > careful.units * 0.8, `${careful.recheckUnits} of ${careful.units}`)
  t.ok(careful.recheckUnits <= careful.units, `${careful.recheckUnits} of ${careful.units}`)
})

for (const { what, replicaItems, options = {} } of [
  { what: 'a healthy table', replicaItems: ITEMS },
  { what: 'a table that is not filled', replicaItems: [] },
  // Of these, --quiesced spares less than half.
  {
    what: 'a table whose items are mended',
    replicaItems: ITEMS.map(other),
    options: { writeDiffering: true },
  },
]) {
  t.test(`a run of ${what} says nothing of it`, oneOfMany(), async (t) => {
    const { hints } = await told(t, replicaItems, options)
    t.same(hints, [])
  })
}
