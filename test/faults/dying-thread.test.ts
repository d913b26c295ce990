/** A thread dies while the replicas of one segment are at different places of the master. */

import { writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { RunOptions } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, asks, item, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

t.jobs = 4

const ITEMS = Array.from({ length: 100 }, (_, n) => item(n))
const MISSING = ITEMS.filter((_, n) => n % 3 === 0).length
/** How many requests of the fast replicas are answered, at least, before the thread dies. */
const PAGES = 8

const ways: readonly Partial<RunOptions>[] = [
  { strategy: 'march' },
  { strategy: 'auto' },
  { strategy: 'lookup', scanForExtra: true },
]

for (const options of ways) {
  for (const slow of [0, 1, 2]) {
    for (const hasCheckpoint of [false, true]) {
      const title = `${options.strategy}, the slow one of three being number ${slow}${hasCheckpoint ? ', with a checkpoint' : ''}`
      t.test(`no item is skipped or counted twice: ${title}`, oneOfMany(), async (t) => {
        const folder = await tempFolder(t)
        const flag = join(folder, 'die')
        const module = join(folder, 'hooks.mjs')
        await writeFile(
          module,
          `import { existsSync, rmSync } from 'node:fs'
           export function onMissing() {
             if (!existsSync(${JSON.stringify(flag)})) return
             rmSync(${JSON.stringify(flag)})
             process.exit(1)
           }`,
        )
        const replicaItems = [...ITEMS.filter((_, n) => n % 3), item(1000), item(1001)]
        const scene = await openScene(t, { masterItems: ITEMS, replicaItems, replicas: 3 })
        const replicas = [scene.replica, scene.other, scene.third]
        let asked = 0
        for (const [at, { stub }] of replicas.entries()) {
          stub.on((request) => {
            if (!asks('Scan', 'BatchGetItem')(request)) return undefined
            if (at !== slow && ++asked === PAGES) writeFileSync(flag, '')
            return at === slow ? { answeredAfter: sleep(20) } : undefined
          })
        }
        const { summary } = await scene.run({
          ...ALL_WRITES,
          ...options,
          hooks: pathToFileURL(module).href,
          segments: 1,
          ...(hasCheckpoint && {
            checkpoint: join(folder, 'checkpoint'),
            checkpointInterval: 0.05,
          }),
        })
        t.match(summary.errors, [{ code: 'WORKER_DIED' }])
        t.equal(summary.master.scanned, ITEMS.length)
        for (const { label, table } of replicas) {
          t.match(
            summary.replicas[label],
            { offered: ITEMS.length, missing: MISSING, written: MISSING, extra: 2, deleted: 2 },
            label,
          )
          t.equal(table.all().length, ITEMS.length)
        }
        t.equal(summary.outcome, 'in-sync')
      })
    }
  }
}
