/** The end of a run says when `--quiesced` would have spared most of what was read. */
import type { RunEvent, Summary } from 'tablesync'
import { verdictLines } from '../../lib/report/lines/summary-lines.ts'
import { item, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'

const HINT = /^ {8}[\d,.]+ read units went into reading keys again: --quiesced takes half/

type PlanEvent = RunEvent & { readonly type: 'plan' }

const unitsOf = ({ master, replicas }: Summary) =>
  Object.values(replicas).reduce((sum, { readUnits }) => sum + readUnits, master.readUnits)

t.test('a run that fills a table says so, and --quiesced takes less than half', async (t) => {
  const many = Array.from({ length: 1200 }, (_, index) => item(index))
  const fill = async (quiesced: boolean) => {
    const { run } = await openScene(t, { masterItems: many, replicaItems: [] })
    const { summary, events } = await run({ writeMissing: true, quiesced })
    const plan = events.find((event): event is PlanEvent => event.type === 'plan')
    const lines = verdictLines(summary, plan).filter((line) => HINT.test(String(line)))
    return { units: unitsOf(summary), lines, summary }
  }
  const careful = await fill(false)
  const quiesced = await fill(true)
  t.equal(careful.lines.length, 1)
  t.same(quiesced.lines, [])
  t.ok(quiesced.units < careful.units / 2, `${quiesced.units} instead of ${careful.units}`)
  const [counts] = Object.values(careful.summary.replicas)
  const { recheckUnits = 0 } = counts ?? {}
  t.ok(recheckUnits > careful.units / 2 && recheckUnits <= careful.units * 1.1, `${recheckUnits}`)
})

t.test('a run of a healthy table says nothing of it', async (t) => {
  const many = Array.from({ length: 1200 }, (_, index) => item(index))
  const { run } = await openScene(t, { masterItems: many, replicaItems: many })
  const { summary, events } = await run({})
  const plan = events.find((event): event is PlanEvent => event.type === 'plan')
  t.notMatch(verdictLines(summary, plan).map(String).join('\n'), /--quiesced/)
})
