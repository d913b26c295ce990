/** What `--only` and `--ignore` with paths leave to compare, against an oracle. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { changesBetween } from '../../lib/item/changes.ts'
import { type ItemComparer, itemComparer } from '../../lib/item/compare.ts'
import { openDigest } from '../../lib/item/digest.ts'
import { differingAttributes } from '../../lib/item/normalise.ts'
import { pathText, stepsOf } from '../../lib/item/path.ts'
import { pathMeant } from '../../lib/item/places/recorded-paths.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import { anyChoices, choices, respelt } from '../support/arbitrary.ts'
import { pageOf } from '../support/pages.ts'
import { t } from '../support/tap.ts'
import { comparedUnder } from './compared-under.ts'
import { equalUnder, places, type Rules, spelt } from './places-oracle.ts'
import { drifted, randomItem, randomRules } from './random-places.ts'
import { sameItem } from './reference.ts'

const RUNS = { numRuns: 6000 }
const digestOf = await openDigest()

const cases = anyChoices.map((choose) => {
  const master = randomItem(choose)
  const replica = choose(8) === 0 ? randomItem(choose) : drifted(master, choose, choose(4))
  return { master, replica, rules: randomRules(choose, [master, replica]), seed: choose(1 << 30) }
})

const withKey = (item: WireItem): WireItem => ({ id: { S: 'one' }, ...item })

const seen = { equal: 0, equalInPart: 0, differing: 0 }

t.test('two items are equal if they are equal at all places that are compared', async (t) => {
  fc.assert(
    fc.property(cases, ({ master, replica, rules, seed }) => {
      const comparer: ItemComparer = itemComparer(digestOf, comparedUnder(rules))
      const a = pageOf([withKey(master)])
      const b = pageOf([respelt(withKey(replica), choices(seed))])
      const expected = equalUnder(rules, master, replica)
      seen[expected ? (sameItem(master, replica) ? 'equal' : 'equalInPart') : 'differing']++
      assert.equal(comparer.equal(a, 0, b, 0), expected)
      assert.equal(comparer.equal(b, 0, a, 0), expected)
      assert.equal(comparer.digest(a, 0) === comparer.digest(b, 0), expected)
    }),
    RUNS,
  )
  for (const [what, count] of Object.entries(seen)) t.ok(count > 500, `${count} were ${what}`)
})

t.test('differing attributes and changes name what is compared, and no other place', async (t) => {
  fc.assert(
    fc.property(cases, ({ master, replica, rules }) => {
      const compared = comparedUnder(rules)
      const isEqual = equalUnder(rules, master, replica)
      const { changes, attributes } = changesBetween(replica, master, {
        compared,
        withValues: true,
      })
      const differing = differingAttributes(replica, master, compared)
      assert.equal(changes.length === 0, isEqual)
      assert.deepEqual(attributes, differing)
      const differs = (name: string) => !equalUnder(rules, only(master, name), only(replica, name))
      const names = [...new Set([...Object.keys(master), ...Object.keys(replica)])]
      assert.deepEqual(names.filter(differs).sort(), differing)
      for (const { path, values } of changes) {
        const { from, to } = (values ?? {}) as { from?: WireValue; to?: WireValue }
        if (from !== undefined) assert.deepEqual(held(from), comparedInside(replica, rules, path))
        if (to !== undefined) assert.deepEqual(held(to), comparedInside(master, rules, path))
      }
    }),
    RUNS,
  )
  t.pass('the property held')
})

t.test('every path is read as it is spelt, with [*] in it', async (t) => {
  fc.assert(
    fc.property(cases, ({ rules: { ignore = [], only: chosen = [] } }) => {
      for (const path of [...ignore, ...chosen]) {
        const text = pathMeant(spelt(path)) as string
        assert.equal(pathText(stepsOf(text) ?? []), text)
        assert.deepEqual(
          stepsOf(text)?.map(String),
          path.map((step) => (typeof step === 'symbol' ? 'Symbol([*])' : String(step))),
        )
      }
    }),
    RUNS,
  )
  t.pass('the property held')
})

const only = (item: WireItem, name: string): WireItem =>
  Object.hasOwn(item, name) ? Object.fromEntries([[name, item[name] as WireValue]]) : {}

/** All that a value holds, without its places: elements that are left out leave no gap. */
const held = (value: WireValue): string[] =>
  [...places({ shown: value }, {}, 'compared').values()].map((one) => JSON.stringify(one)).sort()

function comparedInside(item: WireItem, rules: Rules, path: string): string[] {
  const place = stepsOf(path) ?? []
  const isInside = ([at]: [string, unknown]) => {
    const steps = JSON.parse(at) as (string | number)[]
    return place.every((step, index) => step === steps[index])
  }
  const inside = [...places(item, rules, 'compared')].filter(isInside)
  return inside.map(([, value]) => JSON.stringify(value)).sort()
}
