/** Values side by side: exact, cut around what differs, and as one text where they are prose. */
import type { Change } from '../../lib/model/change.ts'
import type { WireValue } from '../../lib/model/wire.ts'
import { changesText, valueLines } from '../../lib/report/lines/differences/change-lines.ts'
import { loadWordDiff } from '../../lib/report/lines/differences/word-diff.ts'
import { plainOf } from '../../lib/report/styled-line.ts'
import { t } from '../support/tap.ts'

const wordDiff = await loadWordDiff()

const between = (from: WireValue | undefined, to: WireValue | undefined): Change => ({
  path: 'p',
  ...(from !== undefined && { from: Object.keys(from)[0] ?? '' }),
  ...(to !== undefined && { to: Object.keys(to)[0] ?? '' }),
  values: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
})
const told = (change: Change) => valueLines([change], wordDiff).map(plainOf)

const LONG = 'x'.repeat(500)

for (const [what, change, line] of [
  ['texts', between({ S: 'open' }, { S: 'shipped' }), '    p  "open"  →  "shipped"'],
  [
    'a number of 38 digits',
    between({ N: '9'.repeat(38) }, { N: `-0.${'1'.repeat(37)}` }),
    `    p  ${'9'.repeat(38)}  →  -0.${'1'.repeat(37)}`,
  ],
  ['another type', between({ S: '1' }, { N: '1' }), '    p  "1"  →  1'],
  [
    'what is added',
    between(undefined, { M: { a: { L: [{ BOOL: true }, { NULL: true }] } } }),
    '    p  (absent)  →  {"a":[true,null]}',
  ],
  ['what is removed', between({ SS: ['a', 'b'] }, undefined), '    p  SS["a","b"]  →  (absent)'],
  ['binary', between({ B: 'AAE=' }, { B: 'AAI=' }), '    p  B"AAE="  →  B"AAI="'],
  [
    'a set',
    {
      path: 'p',
      from: 'NS',
      to: 'NS',
      members: { added: 1, removed: 2 },
      values: { added: { NS: ['4'] }, removed: { NS: ['1', '2'] } },
    },
    '    p  +4 -1 -2',
  ],
  [
    'control characters',
    between({ S: 'a' }, { S: 'a\u001b[2J\u202e' }),
    '    p  "a"  →  "a\\u001b[2J\\u202e"',
  ],
  [
    'prose',
    between({ S: 'the quick brown fox jumps' }, { S: 'the slow brown fox jumps' }),
    '    p  the [-quick-]{+slow+} brown fox jumps',
  ],
] as const) {
  t.test(`valueLines shows ${what}`, async (t) => {
    t.same(told(change as Change), [line])
  })
}

t.test('valueLines cuts long values around the first place where they differ', async (t) => {
  const [line = ''] = told(between({ S: `${LONG}a${LONG}` }, { S: `${LONG}b${LONG}` }))
  t.match(line, /…x+ax+… \(1,003 bytes\) {2}→ {2}…x+bx+… \(1,003 bytes\)$/)
  t.ok(line.length < 200)
})

t.test('changesText names the first places, and counts the others', async (t) => {
  const changes = Array.from(
    { length: 12 },
    (_, at): Change => ({ path: `a${at}`, from: 'S', to: 'S' }),
  )
  t.equal(changesText(changes, 3), 'a0, a1, a2, a3, a4, a5, a6, a7 and 7 more')
  const kinds: Change[] = [
    { path: 'a', to: 'S' },
    { path: 'b', from: 'S' },
    { path: 'c', from: 'S', to: 'N' },
    { path: 'd', from: 'SS', to: 'SS', members: { added: 1, removed: 2 } },
  ]
  t.equal(changesText(kinds), 'a (added), b (removed), c (S → N), d (1 added, 2 removed)')
})
