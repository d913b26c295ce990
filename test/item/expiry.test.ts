import { isExpired } from '../../lib/item/expiry.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import { t } from '../support/tap.ts'

const NOW = Date.UTC(2026, 0, 1)
const SECONDS = NOW / 1000
const YEAR = 365 * 24 * 60 * 60

for (const [what, item, expected] of [
  ['a second ago', { ttl: { N: String(SECONDS - 1) } }, true],
  ['now', { ttl: { N: String(SECONDS) } }, false],
  ['in a second', { ttl: { N: String(SECONDS + 1) } }, false],
  ['just less than five years ago', { ttl: { N: String(SECONDS - 5 * YEAR + 1) } }, true],
  ['five years ago, which is never deleted', { ttl: { N: String(SECONDS - 5 * YEAR) } }, false],
  ['by an attribute that is text', { ttl: { S: String(SECONDS - 1) } }, false],
  ['without the attribute', { other: { N: '1' } }, false],
  ['by no attribute of its own', {}, false],
] as const) {
  t.test(`isExpired of an item that expires ${what}`, async (t) => {
    t.equal(isExpired(item as WireItem, 'ttl', NOW), expected)
    t.equal(isExpired(item as WireItem, 'constructor', NOW), false)
  })
}
