import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Ranges } from '../../lib/run/state/index-ranges.ts'
import { t } from '../support/tap.ts'

t.test('Ranges holds what was added, in as few ranges as possible', async (t) => {
  const stretch = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 9 }))
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 20 }), (added) => {
      const ranges = new Ranges()
      const numbers = new Set<number>()
      for (const [from, length] of added) {
        ranges.add(from, from + length)
        for (let n = from; n < from + length; n++) numbers.add(n)
      }
      for (let n = 0; n < 75; n++) assert.equal(ranges.has(n), numbers.has(n))
      const starts = [...numbers].filter((n) => !numbers.has(n - 1))
      assert.equal(ranges.all().length, starts.length)
      assert.deepEqual(Ranges.of(ranges.all()).all(), ranges.all())
    }),
  )
  t.pass('the property held')
})
