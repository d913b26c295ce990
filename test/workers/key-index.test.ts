/** A queue that is also a hash table, against a plain list. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ownBody } from '../../lib/item/bytes/response-body.ts'
import { readScanPage } from '../../lib/item/bytes/scan-answer.ts'
import { type Keyed, keyed } from '../../lib/item/key-hash.ts'
import { keyNames } from '../../lib/item/page.ts'
import { KeyIndex } from '../../workers/keys/key-index.ts'
import { ID_KEY } from '../support/pages.ts'
import { t } from '../support/tap.ts'

const RUNS = Number(process.env['TABLESYNC_TEST_RUNS'] ?? 300)
const ON_A_PAGE = 7

/** Keys by number, several on a page. */
const KEYS: readonly Keyed[] = Array.from({ length: 700 / ON_A_PAGE }, (_, page) => {
  const ids = Array.from({ length: ON_A_PAGE }, (_, at) => page * ON_A_PAGE + at)
  const items = ids.map((id) => `{"id":{"S":"item ${id}"}}`)
  const answer = `{"Count":${ids.length},"Items":[${items.join(',')}]}`
  const read = readScanPage(ownBody(Buffer.from(answer)), keyNames(ID_KEY))
  return ids.map((_, at) => keyed(read, at, ID_KEY))
}).flat()

const anyStep = fc.record({
  what: fc.constantFrom('add', 'add', 'add', 'remove', 'oldest'),
  number: fc.nat(KEYS.length - 1),
  tag: fc.nat(255),
})

t.test('KeyIndex holds the same keys as a list, in order, as it grows', async (t) => {
  const steps = fc.array(anyStep, { maxLength: 600, size: 'max' })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(steps, (steps) => {
        const queue = new KeyIndex(ID_KEY)
        let list: { readonly number: number; readonly tag: number }[] = []
        for (const { what, number, tag } of steps) {
          const key = KEYS[number] as Keyed
          const known = list.find((entry) => entry.number === number)
          const place = queue.find(key)
          assert.equal(place !== undefined, known !== undefined)
          if (place !== undefined) {
            assert.deepEqual([queue.at(place), queue.tagAt(place)], [key, known?.tag])
          }
          if (what === 'add' && place === undefined) {
            queue.add(key, tag)
            list.push({ number, tag })
          } else if (what === 'remove' && place !== undefined) {
            queue.remove(place)
            list = list.filter((entry) => entry !== known)
          } else if (what === 'oldest' && queue.oldest !== undefined) {
            queue.remove(queue.oldest)
            list.shift()
          }
          assert.equal(queue.size, list.length)
        }
        const left: Keyed[] = []
        for (let at = queue.oldest; at !== undefined; at = queue.after(at)) left.push(queue.at(at))
        assert.deepEqual(
          left,
          list.map(({ number }) => KEYS[number]),
        )
      }),
      { numRuns: RUNS },
    ),
  )
})
