/** A repair while the master is written to and a replicator follows with a lag. */

import type { Difference, WireItem } from 'tablesync'
import { ALL_WRITES, openScene } from '../support/scene.ts'
import { seeded } from '../support/seeded.ts'
import { t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'
import { startWorld } from './world.ts'

const still = (kind: string, n: number, text = kind): WireItem => ({
  id: { S: `${kind}-${n}` },
  v: { N: '5' },
  text: { S: text },
})
const live = (n: number): WireItem => ({ id: { S: `live-${n}` }, v: { N: '1' }, text: { S: 'x' } })
const many = <T>(count: number, make: (n: number) => T) =>
  Array.from({ length: count }, (_, n) => make(n))

const LIVE = 3000

/** Milliseconds. Also the age that a mismatch needs to count. */
const LAG = Number(process.env['TABLESYNC_TEST_LAG'] ?? 2000)

const SAME = many(1000, (n) => still('same', n))
const MISSING = many(300, (n) => still('missing', n))
const EXTRA = many(300, (n) => still('extra', n))
const DIFFERING = many(400, (n) => n)

// Mostly waiting: for the mismatch age and the replicator.
t.jobs = 2
for (const versionAttribute of ['v', undefined]) {
  const how = versionAttribute === undefined ? 'without a version' : 'with a version'
  const skip = versionAttribute === undefined ? skipLong : false
  t.test(
    `runSync repairs all planted differences, and nothing else, ${how}`,
    { skip },
    async (t) => {
      const lives = many(LIVE, live)
      const { master, replica, run } = await openScene(t, {
        masterItems: [
          ...lives,
          ...SAME,
          ...MISSING,
          ...DIFFERING.map((n) => still('differing', n)),
        ],
        replicaItems: [
          ...lives,
          ...SAME,
          ...EXTRA,
          // Half of them have an older version, and half the same version.
          ...DIFFERING.map((n) => ({
            ...still('differing', n, 'damaged'),
            v: { N: n % 2 ? '4' : '5' },
          })),
        ],
      })
      const world = startWorld({
        master: master.table,
        replica: replica.table,
        ids: lives.map(({ id }) => (id as { S: string }).S),
        updatesPerSecond: 600,
        lag: LAG,
        random: seeded(7),
      })
      const options = {
        ...ALL_WRITES,
        minMismatchAge: LAG / 1000,
        recheckAttempts: 8,
        segments: 4,
        scanLimit: 100,
        ...(versionAttribute !== undefined && { versionAttribute }),
      }
      const { summary, differences } = await run(options)
      // No run ends before its findings have reached the mismatch age.
      t.ok(world.updates() > (LAG / 1000) * 300, `${world.updates()} updates meanwhile`)

      const isPlanted = ({ key }: Difference) => !/live/.test(JSON.stringify(key['id']))
      const told = (kind: string, action: string) =>
        differences.filter((one) => isPlanted(one) && one.kind === kind && one.action === action)
          .length
      t.equal(told('missing', 'written'), MISSING.length)
      t.equal(told('differing', 'written'), DIFFERING.length)
      t.equal(told('extra', 'deleted'), EXTRA.length)
      t.equal(differences.filter(isPlanted).length, 1000)
      t.same(
        differences.filter((one) => !isPlanted(one)),
        [],
        'nothing else was taken for a difference',
      )
      t.comment(JSON.stringify(summary.replicas[replica.label]))

      if (versionAttribute !== undefined) t.same(world.staleOverwrites, [])
      t.same(world.wrongDeletes, [])
      await world.stop()
      t.same(replica.table.all(), master.table.all(), 'equal once writes have stopped')
      const again = await run({ ...options, minMismatchAge: 0 })
      t.equal(again.summary.outcome, 'in-sync')
    },
  )
}

for (const versionAttribute of ['v', undefined]) {
  const how = versionAttribute === undefined ? 'without a version' : 'with a version'
  const skip = versionAttribute === undefined ? skipLong : false
  t.test(
    `runSync races the replicator, and the tables end up equal, ${how}`,
    { skip },
    async (t) => {
      const lives = many(600, live)
      const { master, replica, run } = await openScene(t, {
        masterItems: lives,
        replicaItems: lives,
      })
      const world = startWorld({
        master: master.table,
        replica: replica.table,
        ids: lives.map(({ id }) => (id as { S: string }).S),
        updatesPerSecond: 600,
        lag: 3000,
        random: seeded(11),
      })
      let [written, deleted, mended] = [0, 0, 0]
      for (let round = 0; round < 6; round++) {
        // Far shorter than the lag: late items are taken for damage, and written.
        const { summary } = await run({
          ...ALL_WRITES,
          minMismatchAge: 0.05,
          segments: 4,
          ...(versionAttribute !== undefined && { versionAttribute }),
        })
        const counts = summary.replicas[replica.label]
        written += counts?.written ?? 0
        deleted += counts?.deleted ?? 0
        mended += counts?.mended ?? 0
      }
      const stale = world.staleOverwrites.length
      t.comment(
        JSON.stringify({ written, deleted, mended, stale, wrong: world.wrongDeletes.length }),
      )
      t.ok(written > 50, `${written} writes raced the replicator`)
      if (versionAttribute !== undefined) t.same(world.staleOverwrites, [])
      await world.stop()
      t.same(replica.table.all(), master.table.all(), 'equal once writes have stopped')
    },
  )
}
