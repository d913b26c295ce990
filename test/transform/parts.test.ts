/** Parts of a run that changes items: keys with their origins, claims on keys, plain values. */
import { randomBytes } from 'node:crypto'
import type { WireItem } from 'tablesync'
import { SealedKeys } from '../../lib/dynamo/changed/sealed-keys.ts'
import { plainItem } from '../../lib/dynamo/plain-item.ts'
import { wireItem } from '../../lib/dynamo/wire-item.ts'
import { canonicalKeyOfText } from '../../lib/item/key.ts'
import { originOf, withOrigin, withoutOrigin } from '../../lib/item/key-origin.ts'
import { CLAIM_WORDS } from '../../lib/protocol/claim-requests.ts'
import { ClaimedKeys } from '../../lib/run/tasks/claimed-keys.ts'
import { seeded } from '../support/seeded.ts'
import { t } from '../support/tap.ts'

t.test('a key carries its origin sealed, and is the same key without it', async (t) => {
  const sealed = new SealedKeys(randomBytes(32))
  const other = new SealedKeys(randomBytes(32))
  const schema = [
    { name: 'id', type: 'S' },
    { name: 'n', type: 'N' },
  ] as const
  for (const id of ['a', 'a,"":{"S":"b"}', '\\', '""', 'ä\n', ',', 'x'.repeat(2048)]) {
    const key = JSON.stringify({ id: { S: id }, n: { N: '1' } })
    const origin = JSON.stringify({ id: { S: `clear-${id}` }, n: { N: '2' } })
    const seal = sealed.seal(origin)
    const joined = withOrigin(key, seal)
    t.equal(withoutOrigin(joined), key)
    t.equal(originOf(joined), seal)
    t.equal(originOf(key), undefined)
    t.equal(withoutOrigin(key), key)
    t.equal(sealed.open(seal), origin)
    t.equal(sealed.seal(origin), seal, 'equal keys are sealed alike')
    t.not(other.seal(origin), seal)
    t.notMatch(joined, /clear-/)
    t.equal(canonicalKeyOfText(joined, schema), canonicalKeyOfText(key, schema))
    t.doesNotThrow(() => JSON.parse(joined))
  }
})

t.test('claims: the first has a key, and a second one takes it from both', async (t) => {
  let collisions = 0
  const claimed = new ClaimedKeys(() => collisions++)
  const random = seeded(3)
  const word = () => Math.floor(random() * 2 ** 32)
  const claims = Array.from({ length: 20_000 }, () => [word(), word(), word(), word(), word()])
  const enter = (some: readonly number[][]) => claimed.enter(new Uint32Array(some.flat()))
  t.strictSame(enter(claims), [])
  t.strictSame(enter(claims), [], 'a claim may come again')
  const rival = [...(claims[7] as number[]).slice(0, CLAIM_WORDS - 1), 12345]
  const near = [...(claims[8] as number[])]
  near[3] = ((near[3] as number) + 1) % 2 ** 32
  t.strictSame(enter([near, rival]), [1])
  t.strictSame(enter([claims[6] as number[], claims[7] as number[]]), [1], 'also the first one')
  t.strictSame(enter([rival]), [0])
  t.equal(collisions, 1)
  for (const origin of [0, 1, 0xffffffff]) t.strictSame(enter([[1, 1, 1, origin, origin]]), [])
})

t.test('plain values become the items that they were', async (t) => {
  const item: WireItem = {
    s: { S: 'ä' },
    n: { N: '1.50' },
    big: { N: '12345678901234567890123456789012345678' },
    b: { B: 'AAEC' },
    t: { BOOL: true },
    nil: { NULL: true },
    ss: { SS: ['a', 'b'] },
    ns: { NS: ['1', '2.0'] },
    bs: { BS: ['AA==', 'AQ=='] },
    l: { L: [{ N: '1' }, { L: [] }] },
    m: { M: { value: { S: 'x' }, inner: { M: {} } } },
  }
  t.strictSame(wireItem(plainItem(item)), item)
  t.strictSame(wireItem({ a: 1.5, b: -3, c: 10n }), {
    a: { N: '1.5' },
    b: { N: '-3' },
    c: { N: '10' },
  })
  for (const value of [
    undefined,
    Number.NaN,
    2 ** 60,
    () => 1,
    Symbol('x'),
    new Set(),
    new Date(),
    new Map(),
  ]) {
    t.equal(wireItem({ value }), undefined, String(value))
    t.equal(wireItem({ inner: [{ value }] }), undefined)
  }
  t.equal(wireItem({ mixed: new Set(['a', 1n]) }), undefined)
})
