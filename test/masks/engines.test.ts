/** Masks on real engines: random items of all types, keys of all types, against the rules. */
import { runSync, type WireItem, type WireValue } from 'tablesync'
import type { KeyAttribute } from '../../lib/model/tables/table.ts'
import { seeded } from '../support/seeded.ts'
import { asSdk, canonical, REAL_ENGINES } from '../support/tables/real-engines.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'
import { masked, type Rules } from './masked.ts'

const KEYS: readonly (readonly KeyAttribute[])[] = [
  [{ name: 'id', type: 'S' }],
  [{ name: 'id', type: 'B' }],
  [
    { name: 'id', type: 'S' },
    { name: 'sort', type: 'N' },
  ],
]

const RULES: readonly Rules[] = [
  { id: 'hash', sort: 'digits', '*': 'keep', text: 'name', numbers: 'digits' },
  { id: 'keep', sort: 'keep', '*': 'drop', text: 'email', bytes: 'hash', 'map.list[*]': 'hash' },
  { id: 'hash', sort: 'keep', '*': 'keep', texts: 'hash', blobs: 'hash', 'map.*': 'drop' },
]

function randomItem(random: () => number, key: readonly KeyAttribute[], at: number): WireItem {
  const maybe = (name: string, value: WireValue) => (random() < 0.7 ? { [name]: value } : {})
  const parts: Record<string, WireValue> = {
    S: { S: `item ${at}` },
    N: { N: String(at * 1013 + 1_000_000) },
    B: { B: Buffer.from(`item ${at}`).toString('base64') },
  }
  return {
    ...Object.fromEntries(key.map(({ name, type }) => [name, parts[type] as WireValue])),
    ...maybe('text', { S: `text ${Math.floor(random() * 9)}` }),
    ...maybe('bytes', { B: 'AAEC' }),
    ...maybe('numbers', { NS: ['100', '2.5', '-3'] }),
    ...maybe('texts', { SS: ['a', 'b'] }),
    ...maybe('blobs', { BS: ['AA==', 'AQ=='] }),
    ...maybe('flag', { BOOL: true }),
  }
}

const ROUNDS = casesToPlay(18, 1, 'TABLESYNC_TEST_MASKS_ROUNDS')

for (const { name, skip, start, takesMaps } of REAL_ENGINES) {
  t.test(`random items end as the rules say, on ${name}`, { skip }, async (t) => {
    const { endpoint, stop } = await start()
    t.teardown(stop)
    const random = seeded(5)
    for (let round = 0; round < ROUNDS; round++) {
      const key = KEYS[round % KEYS.length] as readonly KeyAttribute[]
      const rules = RULES[Math.floor(round / KEYS.length) % RULES.length] as Rules
      const { options, becomes } = await masked(t, rules)
      const [master, replica] = [
        await makeTable(endpoint, { key }),
        await makeTable(endpoint, { key }),
      ]
      const items = Array.from({ length: 80 }, (_, at) => {
        const map = { M: { list: { L: [{ S: 'x' }] }, inner: { N: '1' } } }
        const isMapped = takesMaps && random() < 0.5 && rules['map.list[*]'] !== undefined
        return { ...randomItem(random, key, at), ...(isMapped && { map }) }
      })
      const made = items.map((one) => becomes(one) as WireItem)
      const before = made.filter(() => random() < 0.5)
      await master.put(items.map(asSdk))
      await replica.put(
        before.map((one, at) => asSdk(at % 3 === 0 ? { ...one, drift: { S: 'x' } } : one)),
      )
      const run = () =>
        runSync({
          master: { table: master.label, endpoint },
          replicas: [{ table: replica.label, endpoint }],
          ...{ ...options, writeMissing: true, writeDiffering: true, minMismatchAge: 0 },
          ...{ workers: 1, ...(round % 2 === 0 && { quiesced: true }) },
        })
      const what = `round ${round}`
      const first = await run()
      t.match(first, { outcome: 'in-sync', errors: [] }, what)
      const sorted = (some: readonly Item[]) => some.map((one) => canonical(one)).sort()
      t.strictSame(sorted(await replica.all()), sorted(made.map(asSdk)), what)
      const again = await run()
      t.match(again.replicas[replica.label], { sameAs: 80, missing: 0, differing: 0 }, what)
    }
  })
}
