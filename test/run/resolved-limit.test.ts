import { resolveLimit } from '../../lib/run/rate/resolved-limit.ts'
import { t } from '../support/tap.ts'

const known = { unitsPerSecond: 12_000, from: 'warm throughput' } as const
const place = { label: 'x:T', kind: 'read', isLocal: false, known } as const

for (const { what, choice, at = place, unitsPerSecond, because } of [
  {
    what: 'the number asked for',
    choice: { kind: 'units', unitsPerSecond: 7 },
    unitsPerSecond: 7,
    because: /asked/,
  },
  {
    what: 'a share of the capacity',
    choice: { kind: 'percent', percent: 50 },
    unitsPerSecond: 6000,
    because: /50%/,
  },
  { what: 'polite', choice: { kind: 'polite' }, unitsPerSecond: 3000, because: /room for others/ },
  {
    what: 'polite on this machine',
    choice: { kind: 'polite' },
    at: { ...place, isLocal: true },
    unitsPerSecond: null,
    because: /this machine/,
  },
  {
    what: 'polite where nothing is known',
    choice: { kind: 'polite' },
    at: { ...place, known: undefined },
    unitsPerSecond: null,
    because: /DescribeTable returns no capacity/,
  },
  { what: 'no limit', choice: { kind: 'max' }, unitsPerSecond: null, because: /^as asked for$/ },
] as const) {
  t.test(`resolveLimit returns the limit and the reason: ${what}`, async (t) => {
    t.match(resolveLimit(choice, at), { unitsPerSecond, because })
  })
}
