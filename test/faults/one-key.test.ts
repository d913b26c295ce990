/** Trouble with some keys of a table: a key too hot to read, a role that may not use all keys. */

import {
  ALL_WRITES,
  always,
  askedOf,
  asks,
  counts,
  FOUND,
  isCheck,
  item,
  MASTER_ITEMS,
  openScene,
  type Party,
  REPAIRED,
} from '../support/scene.ts'
import type { Intercept, StubRequest } from '../support/tables/stub.ts'
import type { Body } from '../support/tables/stub-terms.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const textOf = ({ body }: StubRequest) => JSON.stringify(body)

const names = (id: string) => (request: StubRequest) => textOf(request).includes(`"${id}"`)

/** Left unprocessed in a batch, and refused alone: as the service does with a hot key. */
function tooHot({ stub, table }: Party, id: string): void {
  const isHot = names(id)
  stub.on((request) => {
    if (!asks('BatchGetItem')(request) || !isHot(request)) return undefined
    const asked = (request.body['RequestItems'] as Record<string, { Keys: Body[] }>)[table.name]
    if (asked?.Keys.length === 1) return { error: 'ProvisionedThroughputExceededException' }
    const left = { Keys: [{ id: { S: id } }], ConsistentRead: true }
    return {
      rewrite: (answer) => ({
        ...answer,
        Responses: {
          [table.name]: (answer['Responses'] as Record<string, Body[]>)[table.name]?.filter(
            (one) => (one['id'] as { S: string }).S !== id,
          ),
        },
        UnprocessedKeys: { [table.name]: left },
      }),
    }
  })
}

const PATIENT = { ...ALL_WRITES, maxRetries: 1 }

for (const strategy of ['march', 'lookup'] as const) {
  for (const [side, id, kind, left] of [
    ['replica', 'item-2', 'missing', { missing: 4, written: 8 }],
    ['replica', 'item-57', 'differing', { differing: 3, written: 8 }],
    ['master', 'item-57', 'differing', { differing: 3, written: 8 }],
    ['master', 'item-101', 'extra', { extra: 2, written: 9 }],
  ] as const) {
    t.test(
      `a hot key of the ${side} fails alone: ${kind}, by ${strategy}`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t)
        const { replica, run } = scene
        tooHot(scene[side], id)
        const { summary, differences, events } = await run({ ...PATIENT, strategy })
        // A lookup also asks the master for the replica's item, which is counted separately.
        const times = strategy === 'lookup' && side === 'master' && kind !== 'extra' ? 2 : 1
        t.strictSame(counts(summary, replica), {
          ...FOUND,
          ...left,
          unverified: times,
          deletionsWithheld: kind === 'extra' ? 2 : 3,
        })
        t.equal(summary.outcome, 'incomplete')
        const told = differences.filter(({ action }) => action === 'unverified')
        const error = /BatchGetItem on us-east-1:\w+: ProvisionedThroughputExceeded/
        t.match(told, Array(times).fill({ key: { id: { S: id } }, error }))
        t.match(
          events.filter(({ type }) => type === 'key-left'),
          Array(times).fill({ replica: replica.label, key: `{"id":{"S":"${id}"}}` }),
        )
        t.match(
          events.filter(({ type }) => type === 'deletions-withheld'),
          [{ reason: `${times === 1 ? '1 key' : '2 keys'} could not be verified` }],
        )
        t.match(summary.errors, [{ table: scene[side].label, code: 'THROTTLED', count: times }])
      },
    )
  }
}

t.test('a hot key fails alone at its second look', async (t) => {
  const { replica, run } = await openScene(t)
  const isHot = names('item-57')
  let looks = 0
  replica.stub.on((request) =>
    asks('BatchGetItem')(request) && isHot(request) && looks++ > 0
      ? { error: 'ProvisionedThroughputExceededException' }
      : undefined,
  )
  const { summary } = await run({ ...PATIENT, batchReadLimit: 1, minMismatchAge: 0.2 })
  t.match(summary.replicas[replica.label], { differing: 3, unverified: 1, written: 8 })
  t.equal(summary.outcome, 'incomplete')
})

/** A role that may not use some of the keys, in any of the operations. */
const deniesKeys =
  (isDenied: (id: string) => boolean, ...operations: readonly string[]): Intercept =>
  (request) => {
    if (!operations.includes(request.operation)) return undefined
    const ids = [...textOf(request).matchAll(/"id":\{"S":"([^"]*)"\}/g)].map(([, id]) => id ?? '')
    return ids.some(isDenied) ? { error: 'AccessDeniedException' } : undefined
  }

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']

/** 400 items, of which every seventh belongs to another tenant. The replica has none of them. */
const TENANTS = Array.from({ length: 400 }, (_, n) => item(n, { id: { S: `t${n % 7}-${n}` } }))
const isOthers = (id: string) => id.startsWith('t3-')
const OTHERS = TENANTS.filter((_, n) => n % 7 === 3).length

for (const more of [{}, { quiesced: true }, { strategy: 'lookup' }] as const) {
  t.test(
    `a role that may not write some keys writes the others: ${JSON.stringify(more)}`,
    oneOfMany(),
    async (t) => {
      const { replica, run } = await openScene(t, { masterItems: TENANTS, replicaItems: [] })
      replica.stub.on(deniesKeys(isOthers, ...WRITES))
      const options = { ...ALL_WRITES, ...more, scanLimit: 400 }
      const { summary, differences, events } = await run(options)
      t.match(summary.replicas[replica.label], {
        missing: 400,
        written: 400 - OTHERS,
        failed: OTHERS,
        unverified: 0,
        lostSegments: 0,
      })
      t.equal(summary.outcome, 'incomplete')
      t.equal(replica.table.all().length, 400 - OTHERS)
      const failed = differences.filter(({ action }) => action === 'failed')
      t.equal(failed.length, OTHERS)
      t.ok(failed.every(({ key }) => isOthers((key['id'] as { S: string }).S)))
      t.equal(events.filter(({ type }) => type === 'key-left').length, OTHERS)
      t.match(summary.errors, [
        { code: 'ACCESS_DENIED', count: OTHERS, hint: /other keys may be allowed/ },
      ])
    },
  )

  t.test(
    `a role that may not read some keys repairs the others: ${JSON.stringify(more)}`,
    oneOfMany(),
    async (t) => {
      const { replica, run } = await openScene(t, { masterItems: TENANTS, replicaItems: [] })
      replica.stub.on(deniesKeys(isOthers, 'BatchGetItem', ...WRITES))
      const { summary, differences } = await run({ ...ALL_WRITES, ...more, scanLimit: 400 })
      t.match(summary.replicas[replica.label], {
        missing: 400 - OTHERS,
        written: 400 - OTHERS,
        unverified: OTHERS,
        failed: 0,
        lostSegments: 0,
      })
      t.equal(summary.outcome, 'incomplete')
      t.equal(replica.table.all().length, 400 - OTHERS)
      t.equal(differences.filter(({ action }) => action === 'unverified').length, OTHERS)
      t.match(summary.errors, [{ code: 'ACCESS_DENIED', count: OTHERS }])
    },
  )
}

t.test('a hundred denials without a success detach a replica', async (t) => {
  const { replica, run } = await openScene(t, { masterItems: TENANTS, replicaItems: [] })
  replica.stub.on(always({ error: 'AccessDeniedException' }, asks('PutItem')))
  const { summary, events } = await run({ ...ALL_WRITES, scanLimit: 400 })
  t.equal(summary.outcome, 'incomplete')
  // Those in flight meanwhile are denied too.
  t.ok(askedOf(replica, 'PutItem') >= 100 && askedOf(replica, 'PutItem') <= 140)
  t.match(
    events.filter(({ type }) => type === 'replica-lost'),
    [{ message: /PutItem on us-east-1:Replica: AccessDenied.* 100 keys in a row/ }],
  )
})

t.test('a hundred keys in a row that may not be read end a replica', async (t) => {
  const { replica, run } = await openScene(t, { masterItems: TENANTS, replicaItems: [] })
  replica.stub.on(always({ error: 'AccessDeniedException' }, asks('BatchGetItem')))
  const { summary } = await run({ ...ALL_WRITES, scanLimit: 400 })
  t.equal(summary.outcome, 'incomplete')
  t.ok(summary.errors.some(({ message }) => message.includes('100 keys in a row')))
  t.equal(replica.table.all().length, 0)
})

/** Denies all keys but those of the two tables. */
const deniesTheInvented = always(
  { error: 'AccessDeniedException' },
  (request) => request.operation === 'BatchGetItem' && isCheck(request),
)

for (const more of [{}, { strategy: 'lookup' }] as const) {
  t.test(
    `a role is not refused for an invented key: ${JSON.stringify(more)}`,
    oneOfMany(),
    async (t) => {
      const { master, replica, run } = await openScene(t)
      for (const { stub } of [master, replica]) stub.on(deniesTheInvented)
      const { summary } = await run({ ...ALL_WRITES, ...more })
      t.strictSame(counts(summary, replica), REPAIRED)
      t.equal(summary.outcome, 'in-sync')
    },
  )
}

t.test('a role that may not scan the replica is checked with keys of the master', async (t) => {
  const { replica, run } = await openScene(t, { replicaItems: MASTER_ITEMS })
  replica.stub.on(deniesTheInvented)
  replica.stub.on(
    always({ error: 'AccessDeniedException' }, ({ operation }) => operation === 'Scan'),
  )
  const { summary } = await run({ strategy: 'lookup' })
  t.match(summary.replicas[replica.label], { sameAs: 60 })
  t.equal(summary.outcome, 'in-sync')
})

t.test('a batch that one key makes invalid is split', async (t) => {
  const { replica, run } = await openScene(t)
  const isSpoilt = names('item-3')
  replica.stub.on((request) =>
    asks('BatchGetItem')(request) && isSpoilt(request)
      ? { error: 'ValidationException' }
      : undefined,
  )
  const { summary, differences } = await run(ALL_WRITES)
  t.match(summary.replicas[replica.label], { missing: 4, unverified: 1, written: 8 })
  t.match(
    differences.filter(({ action }) => action === 'unverified'),
    [{ key: { id: { S: 'item-3' } }, error: /ValidationException/ }],
  )
})
