/** Scans that leave items out: the counts of the run reveal it, and it is never in sync. */

import type { RunEvent, RunOptions } from 'tablesync'
import { exitCodeOf } from '../../lib/model/results/summary.ts'
import { askedOf, asks, item, openScene, type Scene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const items = (count: number, from = 0) => Array.from({ length: count }, (_, n) => item(from + n))
/** Without the scene's own settings. */
const AS_PLANNED = { segments: undefined, workers: undefined } as unknown as Partial<RunOptions>
const NOTHING = { rewrite: () => ({ Items: [], Count: 0, ScannedCount: 0 }) }
const WRITES = {
  writeMissing: true,
  deleteExtra: true,
  maxDeletes: '100%',
  allowShrunkenMaster: true,
}

/** Some segments come back empty, although they have items. */
function leaveOut({ stub }: Scene['master'], isLeftOut: (segment: number) => boolean): void {
  stub.on((request) =>
    asks('Scan')(request) && isLeftOut(Number(request.body['Segment'] ?? 0)) ? NOTHING : undefined,
  )
}

const warnings = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'warning' ? `${event.replica}: ${event.message}` : []))

for (const side of ['master', 'replica'] as const) {
  for (const [what, isLeftOut] of [
    ['nothing', () => true],
    ['nothing for every second segment', (segment: number) => segment % 2 === 1],
  ] as const) {
    for (const strategy of ['march', 'lookup', 'auto'] as const) {
      t.test(
        `a ${side} that returns ${what} is not in sync, by ${strategy}`,
        oneOfMany(),
        async (t) => {
          const scene = await openScene(t, {
            masterItems: items(600),
            replicaItems: items(588, 12),
          })
          leaveOut(scene[side], isLeftOut)
          const { summary } = await scene.run({
            ...WRITES,
            segments: 8,
            strategy,
            scanForExtra: true,
          })
          t.equal(summary.outcome, 'incomplete')
          t.equal(exitCodeOf(summary.outcome), 3)
          t.match(summary.errors, [
            { code: 'BAD_RESPONSE', message: new RegExp(`scan of ${scene[side].label}`) },
          ])
          t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
        },
      )
    }
  }
}

for (const side of ['master', 'replica'] as const) {
  for (const [counted, isTold] of [
    [60, false],
    [120, false],
    [121, true],
    [-1, false],
  ] as const) {
    t.test(
      `60 items of a ${side} of ${counted} are ${isTold ? '' : 'not '}worth a warning`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t, { masterItems: items(60), replicaItems: items(60) })
        scene[side].table.described = { ItemCount: counted }
        const { summary, events } = await scene.run()
        t.equal(summary.outcome, 'in-sync')
        const told = warnings(events)
        if (isTold)
          t.match(told, [new RegExp(`${scene[side].label}: the scan found 60 items.*${counted}`)])
        else t.strictSame(told, [])
      },
    )
  }
}

t.test('two tables whose scans find nothing are in sync with a warning', async (t) => {
  const scene = await openScene(t, { masterItems: [], replicaItems: [] })
  for (const side of ['master', 'replica'] as const) {
    scene[side].table.described = { ItemCount: 3000 }
  }
  const { summary, events } = await scene.run()
  t.equal(summary.outcome, 'in-sync')
  t.match(warnings(events), [/Master: the scan found 0 items.*3,000/, /Replica: the scan found 0/])
})

for (const writes of [{}, { writeMissing: true }]) {
  t.test(
    `a size of -1 counts as unknown, ${'writeMissing' in writes ? 'with' : 'without'} writes`,
    oneOfMany(),
    async (t) => {
      const scene = await openScene(t, { masterItems: items(60), replicaItems: items(50) })
      scene.master.table.described = { TableSizeBytes: -1, ItemCount: -1 }
      const { summary } = await scene.run({ ...writes, ...AS_PLANNED })
      t.equal(summary.master.scanned, 60)
      t.equal(summary.outcome, 'writeMissing' in writes ? 'in-sync' : 'different')
    },
  )
}
