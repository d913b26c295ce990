/** Missing items of tables that nobody writes to: put without a condition, many to a request. */

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import {
  ALL_WRITES,
  askedOf,
  asks,
  counts,
  item,
  openScene,
  putsOf,
  REPAIRED,
} from '../support/scene.ts'
import type { StubRequest } from '../support/tables/stub.ts'
import type { Body } from '../support/tables/stub-terms.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const QUIET = { ...ALL_WRITES, quiesced: true }
const MANY = Array.from({ length: 500 }, (_, n) => item(n))

const requestsOf = ({ body }: StubRequest) =>
  Object.values(body['RequestItems'] as Record<string, Body[]>)[0] as Body[]

t.test('runSync puts the missing items of quiet tables 25 to a request', async (t) => {
  // So few that they are put soon after they were scanned, however busy the machine is.
  const masterItems = MANY.slice(0, 100)
  const { master, replica, run } = await openScene(t, { masterItems, replicaItems: [] })
  const { summary, differences } = await run({ ...QUIET, segments: 1, scanLimit: 1000 })
  t.strictSame(replica.table.all(), master.table.all())
  t.match(summary.replicas[replica.label], {
    missing: 100,
    written: 100,
    unconfirmed: 0,
    writeUnits: 100,
  })
  t.equal(askedOf(replica, 'PutItem'), 0)
  t.ok(askedOf(replica, 'BatchWriteItem') <= 5)
  t.equal(askedOf(master, 'BatchGetItem'), 0, 'the master is not read again')
  t.equal(differences.filter(({ action }) => action === 'written').length, 100)
})

for (const options of [QUIET, ALL_WRITES]) {
  const mode = 'quiesced' in options ? 'quiet' : 'live'
  t.test(`slow writes of one page are counted as they finish: ${mode}`, oneOfMany(), async (t) => {
    const masterItems = MANY.slice(0, 60)
    const { replica, run } = await openScene(t, { masterItems, replicaItems: [] })
    let writes = 0
    replica.stub.on((request) => {
      if (!asks('BatchWriteItem', 'PutItem')(request)) return undefined
      const perWrite = asks('PutItem')(request) ? 40 : 800
      return { answeredAfter: sleep(perWrite * ++writes) }
    })
    const timeouts = { response: 60_000 }
    const { summary, events } = await run({ ...options, segments: 1, scanLimit: 1000, timeouts })
    t.equal(summary.outcome, 'in-sync')
    const told = new Set(
      events.flatMap((event) =>
        event.type === 'progress' ? [event.tally.replicas[replica.label]?.written ?? 0] : [],
      ),
    )
    const between = [...told].filter((written) => written > 0 && written < masterItems.length)
    t.ok(between.length > 0, `progress: ${[...told]}`)
  })
}

t.test('runSync updates and deletes quiet tables one by one', async (t) => {
  const { master, replica, run } = await openScene(t)
  const { summary } = await run(QUIET)
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(replica.table.all(), master.table.all())
  t.equal(askedOf(replica, 'UpdateItem'), 4)
  t.equal(askedOf(replica, 'DeleteItem'), 3)
})

t.test('runSync sends again what a batch has left unprocessed', async (t) => {
  const { master, replica, run } = await openScene(t, { masterItems: MANY, replicaItems: [] })
  const put: WireItem[] = []
  replica.stub.on((request) => {
    if (!asks('BatchWriteItem')(request)) return undefined
    const requests = requestsOf(request)
    // Only the first of each request gets through.
    const left = requests.splice(1)
    put.push((requests[0] as { PutRequest: { Item: WireItem } }).PutRequest.Item)
    return left.length === 0
      ? undefined
      : { rewrite: (answer) => ({ ...answer, UnprocessedItems: { Replica: left } }) }
  })
  const { summary } = await run({ ...QUIET, maxRetries: 1 })
  t.equal(summary.outcome, 'in-sync')
  t.strictSame(replica.table.all(), master.table.all())
  t.equal(put.length, 500, 'each item once')
})

t.test('runSync counts items that stay unprocessed as failed', async (t) => {
  const { replica, run } = await openScene(t)
  replica.stub.on((request) => {
    if (!asks('BatchWriteItem')(request)) return undefined
    const requests = requestsOf(request)
    return {
      rewrite: (answer) => {
        for (const { PutRequest } of requests) {
          const { id } = (PutRequest as { Item: { id: WireItem[string] } }).Item
          replica.table.unset({ id })
        }
        return { ...answer, UnprocessedItems: { Replica: requests } }
      },
    }
  })
  const { summary, differences } = await run({ ...QUIET, maxRetries: 2 })
  t.match(summary.replicas[replica.label], { missing: 5, failed: 5 })
  t.equal(summary.outcome, 'incomplete')
  t.match(
    differences.filter(({ kind }) => kind === 'missing'),
    Array(5).fill({ action: 'failed', error: /\d items stayed unprocessed/ }),
  )
})

for (const error of ['ThrottlingException', 'InternalServerError']) {
  t.test(`runSync puts the items of quiet tables despite ${error}`, oneOfMany(), async (t) => {
    const { master, replica, run } = await openScene(t)
    let times = 0
    replica.stub.on((request) =>
      asks('BatchWriteItem')(request) && times++ < 3
        ? { error, status: error.startsWith('Int') ? 500 : 400 }
        : undefined,
    )
    const { summary } = await run(QUIET)
    t.strictSame(counts(summary, replica), REPAIRED)
    t.strictSame(replica.table.all(), master.table.all())
  })
}

t.test('an item that spoils its batch fails alone', async (t) => {
  const { replica, run } = await openScene(t)
  const isSpoilt = ({ id }: WireItem) => JSON.stringify(id).includes('"item-3"')
  replica.stub.on((request) => {
    const spoils = asks('BatchWriteItem')(request)
      ? requestsOf(request).some(({ PutRequest }) =>
          isSpoilt((PutRequest as { Item: WireItem }).Item),
        )
      : asks('PutItem')(request) && isSpoilt(request.body['Item'] as WireItem)
    return spoils ? { error: 'ValidationException' } : undefined
  })
  const { summary, differences } = await run(QUIET)
  t.match(summary.replicas[replica.label], { missing: 5, written: 8, failed: 1 })
  t.match(
    differences.filter(({ action }) => action === 'failed'),
    [{ kind: 'missing', key: { id: { S: 'item-3' } }, error: /ValidationException/ }],
  )
})

t.test('runSync puts items one by one, on condition, where an undo journal is kept', async (t) => {
  const { replica, run } = await openScene(t)
  const undo = join(await tempFolder(t), 'undo.ndjson')
  const { summary } = await run({ ...QUIET, undo })
  t.equal(summary.outcome, 'in-sync')
  t.equal(askedOf(replica, 'BatchWriteItem'), 0)
  t.equal(putsOf(replica), 5)
})

t.test('march does not overwrite an item that only the scan order makes missing', async (t) => {
  // The replica is scanned in reverse, so march takes the item for missing.
  const { master, replica, run } = await openScene(t, {
    masterItems: MANY,
    replicaItems: MANY.map((one, n) => (n === 7 ? { ...one, own: { S: 'x' } } : one)),
  })
  const all = replica.table.all.bind(replica.table)
  replica.table.all = () => all().reverse()
  const { summary } = await run({
    ...QUIET,
    ignore: ['own'],
    strategy: 'march',
    segments: 1,
    scanLimit: 1000,
  })
  t.match(summary.replicas[replica.label], { sameAs: 500, missing: 0, written: 0 })
  t.strictSame(replica.table.at({ id: { S: 'item-7' } })?.['own'], { S: 'x' })
  t.equal(putsOf(replica), 0)
  t.ok(master)
})
