import assert from 'node:assert/strict'
import fc from 'fast-check'
import { updateTo } from '../../lib/dynamo/update-expression.ts'
import { WHOLE } from '../../lib/item/places/compared.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import { ID_KEY } from '../support/pages.ts'
import { StubTable } from '../support/tables/stub-table.ts'
import { t } from '../support/tap.ts'

const anyWideItem = fc
  .array(fc.option(fc.integer({ min: 0, max: 60 })), { minLength: 150, maxLength: 250 })
  .map((lengths): WireItem => {
    const members = lengths.map((length, at) => [`a${at}`, length] as const)
    return Object.fromEntries([
      ['id', { S: 'one' }],
      ...members.flatMap(([name, length]) =>
        length === null ? [] : [[name, { S: 'x'.repeat(length) }]],
      ),
    ])
  })

const size = (item: WireItem | undefined) => JSON.stringify(item).length

t.test('updateTo in several parts keeps an item no larger than it was or will be', async (t) => {
  fc.assert(
    fc.property(anyWideItem, anyWideItem, (wanted, seen) => {
      const table = new StubTable('T', ID_KEY, [seen])
      for (let parts = 0; ; parts++) {
        assert.ok(parts < 10)
        const now = table.all()[0] as WireItem
        assert.ok(size(now) <= Math.max(size(wanted), size(seen)))
        const update = updateTo(wanted, now, { schema: ID_KEY, compared: WHOLE })
        if (update.update === '') break
        table.update({
          Key: { id: { S: 'one' } },
          UpdateExpression: update.update,
          ConditionExpression: update.condition,
          ExpressionAttributeNames: update.names,
          ExpressionAttributeValues: update.values,
        })
        if (update.complete) break
      }
      assert.deepEqual(table.all(), [wanted])
    }),
    { numRuns: 200 },
  )
  t.pass('the property held')
})
