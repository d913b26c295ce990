import { differencesOf } from '../../bench/tables/difference-at.ts'
import type { GeneratedTable } from '../../bench/tables/generated-table.ts'
import { itemsAt, positionOf } from '../../bench/tables/items-at.ts'
import { parseTableName, tableName } from '../../bench/tables/table-name.ts'
import { t } from '../support/tap.ts'

const BASE: GeneratedTable = { variant: 'base', items: 20_000, bytes: 300, seed: 7 }

t.test('the name of a generated table holds everything', async (t) => {
  const table: GeneratedTable = {
    ...BASE,
    variant: 'drift',
    shape: 'boundaries',
    perMillion: 100,
    kinds: ['missing', 'extra'],
    place: 'inRuns',
    change: 'lastSame',
    pageBytes: 1000,
    isUnsummed: true,
    instance: 3,
  }
  t.same(parseTableName(tableName(table)), table)
  t.match(tableName(table), /^[A-Za-z0-9_.-]{3,255}$/)
})

t.test('a drifted table has as many differences as it says', async (t) => {
  for (const place of ['scattered', 'inRuns'] as const) {
    const table: GeneratedTable = { ...BASE, variant: 'drift', perMillion: 10_000, place }
    const found = { missing: 0, differing: 0, extra: 0 }
    for (let at = 0; at < table.items; at++) {
      const [base] = itemsAt(BASE, at)
      const items = itemsAt(table, at)
      const own = items.find(({ id }) => id === base?.id)
      if (own === undefined) found.missing++
      else if (own.text !== base?.text) found.differing++
      if (items.length > 1) found.extra++
    }
    t.same(differencesOf(table), found)
    for (const count of Object.values(found)) t.ok(count > 50 && count < 400, String(count))
  }
})

t.test('changes keep the length of an item or do not, and all shapes are JSON', async (t) => {
  for (const shape of ['plain', 'logNormal', 'escapes', 'boundaries'] as const) {
    const whole = { perMillion: 1_000_000, kinds: ['differing'] as const }
    const textOf = (fields: Partial<GeneratedTable>) =>
      itemsAt({ ...BASE, shape, ...fields }, 5)[0]?.text ?? ''
    const plain = textOf({})
    const { id } = JSON.parse(plain)
    t.equal(positionOf(id.S), 5)
    for (const change of ['firstSame', 'firstOther', 'lastSame', 'lastOther'] as const) {
      const changed = textOf({ variant: 'drift', change, ...whole })
      t.not(changed, plain)
      t.equal(changed.length === plain.length, change.endsWith('Same'), `${shape} ${change}`)
      t.ok(JSON.parse(changed))
    }
  }
})
