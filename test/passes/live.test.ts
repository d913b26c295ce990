/** --until-in-sync beside somebody who writes and a replication that lags, on DynamoDB Local. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Difference, runSync } from 'tablesync'
import { runForSummary } from '../support/command/run-cli.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'
import { neverEqual, startReplication } from './replicator.ts'

const ITEMS = 2400
const WRITES_PER_SECOND = 200
/** Well under the time between two writes to one key. */
const LAG = 1000
/** Well over the lag. */
const AGE = 3

const item = (id: string, more: Item = {}): Item => ({
  id: { S: id },
  version: { N: '0' },
  ...more,
})

t.test(
  'beside 200 writes a second, exit 0 is right, and a rival ends the run',
  { skip: noJava || skipLong },
  async (t) => {
    const { endpoint, stop } = await startDynamoDBLocal()
    t.teardown(stop)
    const [master, replica] = [await makeTable(endpoint), await makeTable(endpoint)]
    const live = Array.from({ length: ITEMS }, (_, at) => `live-${at}`)
    const still = Array.from({ length: 100 }, (_, at) => `still-${at}`)
    await master.put([...live, ...still].map((id) => item(id)))
    const [missing, differing] = [still.slice(0, 5), still.slice(5, 9)]
    await replica.put([
      ...[...live, ...still.slice(9)].map((id) => item(id)),
      ...differing.map((id) => item(id, { stray: { S: 'x' } })),
      item('extra-1'),
    ])
    const replication = await startReplication({
      ...{ master, replica, ids: live },
      writesPerSecond: WRITES_PER_SECOND,
      lagMs: LAG,
    })
    let isOver = false
    const rival = async () => {
      while (!isOver) {
        await replica.put([item('still-50', { stray: { S: 'back again' } })])
        // Unchanged for long enough to be repaired.
        await sleep(AGE * 2000)
      }
    }
    try {
      const began = Date.now()
      const repaired = new Set<string>()
      const summary = await runSync({
        master: { table: master.label, endpoint },
        replicas: [{ table: replica.label, endpoint }],
        workers: 1,
        writeMissing: true,
        writeDiffering: true,
        deleteExtra: true,
        minMismatchAge: AGE,
        untilInSync: '4m',
        onDifference: ({ key, action }: Difference) => {
          if (action === 'written' || action === 'deleted')
            repaired.add(String((key['id'] as { S: string }).S))
        },
      })
      t.match(summary, { outcome: 'in-sync', passes: { end: 'in-sync' } })
      for (const id of [...missing, ...differing, 'extra-1']) t.ok(repaired.has(id), id)
      const { last } = summary.passes ?? {}
      const window = [Date.parse(String(last?.began)), Date.parse(String(last?.ended))] as const
      // Nobody has logged when the run itself wrote to a key.
      const unequal = neverEqual(replication, ...window).filter((id) => !repaired.has(id))
      t.strictSame(unequal, [], 'each key was equal at some instant of the window')
      const writes = [...replication.master.values()].reduce((sum, { length }) => sum + length, 0)
      const perSecond = Math.round(writes / ((Date.now() - began) / 1000))
      t.comment(
        `${perSecond} writes a second; ${summary.passes?.count} passes; ${repaired.size} keys repaired; ` +
          `the last took ${window[1] - window[0]} ms, ${replication.master.size} keys checked`,
      )
      const rivalry = rival()
      const {
        code,
        summary: stopped,
        stderr,
      } = await runForSummary([
        ...['--master', master.label, '--replica', replica.label, '--endpoint', endpoint],
        ...['--write-missing', '--write-differing', '--yes', '--workers', '1'],
        ...['--min-mismatch-age', String(AGE), '--until-in-sync', '4m'],
      ])
      isOver = true
      await rivalry
      t.equal(code, 4, stderr)
      t.match(stopped, { outcome: 'stopped', stopped: { safeguard: 'repeated-repair' } })
      t.match(stopped.stopped?.message, /"still-50"\}\} was repaired twice and differs again/)
      t.match(stderr, /^Stopped by the repeated-repair safeguard: /m)
    } finally {
      isOver = true
      await replication.stop()
    }
  },
)

t.test('the oracle tells windows apart', async (t) => {
  const write = (version: string, at: number) => ({ version, sent: at, answered: at + 1 })
  const logs = {
    master: new Map([['a', [write('1', 100), write('2', 200)]]]),
    replica: new Map([['a', [write('1', 150), write('2', 250)]]]),
  }
  for (const [began, ended, expected] of [
    [0, 90, []],
    [120, 140, ['a']],
    [160, 190, []],
    [210, 240, ['a']],
    [210, 260, []],
  ] as const) {
    t.strictSame(neverEqual(logs, began, ended), expected, `${began} to ${ended}`)
  }
})
