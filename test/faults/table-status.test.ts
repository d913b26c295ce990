/** A table that exists and cannot be used; and the reasons for withheld deletions. */

import { always, askedOf, asks, isCheck, item, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const items = (count: number, from = 0) => Array.from({ length: count }, (_, n) => item(from + n))

for (const side of ['master', 'replica'] as const) {
  for (const [TableStatus, hint] of [
    ['CREATING', /Wait until it is made/],
    ['DELETING', /deleting it/],
    ['ARCHIVING', /KMS key/],
    ['ARCHIVED', /KMS key.*backup/],
    ['INACCESSIBLE_ENCRYPTION_CREDENTIALS', /KMS key/],
    ['REPLICATION_NOT_AUTHORIZED', /ACTIVE/],
  ] as const) {
    t.test(
      `a ${side} that is ${TableStatus} is refused with its status`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t)
        scene[side].table.described = { TableStatus }
        // What the service answers for a table that is not ready.
        const error = { error: 'ResourceNotFoundException' }
        scene[side].stub.on(always(error, ({ operation }) => operation !== 'DescribeTable'))
        await t.rejects(scene.run({ writeMissing: true }), {
          code: 'TABLE_NOT_READY',
          message: new RegExp(`${scene[side].label} to be ACTIVE or UPDATING, got ${TableStatus}`),
          hint,
        })
        for (const { stub } of [scene.master, scene.replica]) t.ok(stub.requests.every(isCheck))
      },
    )
  }
  t.test(`a ${side} that is UPDATING is used`, oneOfMany(), async (t) => {
    const scene = await openScene(t, { masterItems: items(20), replicaItems: items(20) })
    scene[side].table.described = { TableStatus: 'UPDATING' }
    t.equal((await scene.run()).summary.outcome, 'in-sync')
  })
}

t.test('deletions withheld after a refused deletion give the reason', async (t) => {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: items(70) })
  scene.replica.stub.on(
    always({ error: 'ItemCollectionSizeLimitExceededException' }, asks('DeleteItem')),
  )
  const { summary, events } = await scene.run({ deleteExtra: true, quiesced: true })
  t.equal(summary.outcome, 'incomplete')
  t.equal(askedOf(scene.replica, 'DeleteItem'), 1)
  t.match(
    events.find(({ type }) => type === 'deletions-withheld'),
    { extras: 9, reason: /1 item could not be repaired: .*ItemCollectionSizeLimitExceeded/ },
  )
})

t.test('deletions withheld after a refused repair give the reason', async (t) => {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: items(65, 5) })
  scene.replica.stub.on(
    always(
      { error: 'ItemCollectionSizeLimitExceededException' },
      asks('PutItem', 'BatchWriteItem'),
    ),
  )
  const { events } = await scene.run({ deleteExtra: true, writeMissing: true })
  t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
  t.match(
    events.find(({ type }) => type === 'deletions-withheld'),
    { extras: 10, reason: /5 items could not be repaired/ },
  )
})
