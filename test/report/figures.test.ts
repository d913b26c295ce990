import { count, counted } from '../../lib/model/figures.ts'
import { pace } from '../../lib/report/durations.ts'
import { flowLines } from '../../lib/report/lines/rate-lines.ts'
import { t } from '../support/tap.ts'

for (const { items, elapsedMs, told } of [
  { items: 2500, elapsedMs: 5000, told: '5 s (500/s)' },
  { items: 34, elapsedMs: 10_000, told: '10 s (3.4/s)' },
  { items: 1, elapsedMs: 60_000, told: '60 s (0.017/s)' },
  { items: 0, elapsedMs: 60_000, told: '60 s (0/s)' },
]) {
  t.test(`pace prints ${told}`, async (t) => t.equal(pace(items, elapsedMs), told))
}

for (const [used, told] of [
  [0.019, '0.019 units/s'],
  [3.44, '3.4 units/s'],
  [120.54, '120.5 units/s'],
  [0, '0 units/s'],
] as const) {
  t.test(`flowLines prints ${told}`, async (t) => {
    const flow = { table: 'x:T', kind: 'read', unitsPerSecond: null, usedPerSecond: used } as never
    t.same(flowLines({ flows: [flow] } as never), [`        x:T: reads ${told}`])
  })
}

t.test('count groups digits, and rounds fractions', async (t) => {
  t.same([0, 999, 1000, 1_234_567, 0.1 + 0.2, 1234.56789, 1e-7].map(count), [
    '0',
    '999',
    '1,000',
    '1,234,567',
    '0.3',
    '1,234.568',
    '0',
  ])
})

t.test('counted has the noun in the singular for one', async (t) => {
  t.equal(counted(0, 'item'), '0 items')
  t.equal(counted(1, 'item'), '1 item')
  t.equal(counted(1.5, 'unit'), '1.5 units')
  t.equal(counted(1234, 'item is left', 'items are left'), '1,234 items are left')
})
