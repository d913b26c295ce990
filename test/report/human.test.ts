/** What a run prints for people. */
import { Writable } from 'node:stream'
import type { Difference } from '../../lib/model/difference.ts'
import type { RunEvent } from '../../lib/model/events/events.ts'
import type { ReplicaSummary, Summary } from '../../lib/model/results/summary.ts'
import { zeroReplicaTally, zeroTally } from '../../lib/model/tally.ts'
import { type HumanOptions, tellHuman } from '../../lib/report/human.ts'
import { doneLines } from '../../lib/report/lines/apply-undo-lines.ts'
import { loadCutText } from '../../lib/report/pinned-block.ts'
import { openScreen } from '../../lib/report/screen.ts'
import { t } from '../support/tap.ts'

const cutText = await loadCutText()

/** A stream that keeps what is written; as a terminal it is 80 columns wide. */
function listen(
  how: Partial<HumanOptions> & { readonly isTerminal?: boolean; readonly columns?: number } = {},
) {
  let text = ''
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  const { isTerminal = false, verbosity = 'normal', columns = 80 } = how
  const cut = isTerminal ? cutText : undefined
  const screen = openScreen({ stream: Object.assign(stream, { columns }), cut })
  const { progress = 'auto', showValues = false, tellsEach = verbosity === 'verbose' } = how
  return {
    human: tellHuman({ screen, verbosity, progress, showValues, tellsEach }),
    told: () => text,
  }
}

const facts = {
  keySchema: [
    { name: 'id', type: 'S' },
    { name: 'at', type: 'N' },
  ],
  arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/aaa',
  tableId: undefined,
  createdAt: undefined,
  approximateItems: 1234,
  approximateBytes: 5_678_901,
  otherRegions: [],
  hasStream: false,
  ttlAttribute: undefined,
  hasPointInTimeRecovery: undefined,
  capacity: undefined,
  indexes: undefined,
} as const
const master = { ref: { label: 'us-east-1:aaa', region: 'us-east-1', name: 'aaa' }, facts }
const nothing = { arn: undefined, approximateItems: undefined, approximateBytes: undefined }
const replica = {
  ref: { label: 'us-east-1:bbb', region: 'us-east-1', name: 'bbb', endpoint: 'http://e' },
  facts: { ...facts, ...nothing },
}
const RULES = { ignore: [], newerWins: false, comparesExpired: false, quiesced: false }
const PLAN = {
  type: 'plan',
  strategy: 'auto',
  segments: 1,
  parallel: 1,
  workers: 1,
  writes: [],
  asksBeforeDeletions: false,
  ignore: [],
  rules: RULES,
} as const
const tally = zeroTally([1])

const progress = (elapsedMs: number): RunEvent => ({
  type: 'progress',
  tally: {
    master: { scanned: 2500, readUnits: 1 },
    replicas: {
      1: { ...zeroReplicaTally(), missing: 1, differing: 2, extra: 3, written: 4, deleted: 5 },
    },
  },
  segmentsDone: 3,
  segments: 7,
  elapsedMs,
  isPaused: false,
  waitingFor: [],
  suspects: {},
  flows: [],
})

const cases: { event: RunEvent; lines: string[]; verbosity?: HumanOptions['verbosity'] }[] = [
  {
    event: { type: 'tables', runId: 'ab12cd34', master, replicas: [replica] },
    lines: [
      'master  us-east-1:aaa   1,234 items   5.7 MB   account 123456789012',
      'replica us-east-1:bbb   at http://e',
      'key     id (S), at (N)',
      'run     ab12cd34, in the user agent of every request',
    ],
  },
  {
    event: PLAN,
    lines: ['plan    auto, one segment on 1 worker; dry run: nothing will be written'],
  },
  {
    event: {
      type: 'plan',
      strategy: 'march',
      segments: 1200,
      parallel: 8,
      workers: 2,
      writes: ['missing', 'differing', 'extra'],
      asksBeforeDeletions: true,
      ignore: [],
      rules: RULES,
    },
    lines: [
      'plan    march, 1,200 segments, 8 at a time on 2 workers; will put missing, update differing, delete extra items; asks before it deletes',
    ],
  },
  {
    event: progress(30_000),
    lines: [
      '2,500 items in 30 s (83/s), 3/7 segments; 1 missing, 2 differing, 3 extra; 4 written, 5 deleted',
    ],
  },
  { event: progress(29_999), lines: [] },
  { event: { type: 'segment-finished', segment: 3, tally }, lines: [] },
  {
    event: { type: 'segment-finished', segment: 3, tally },
    lines: ['segment 3 finished'],
    verbosity: 'verbose',
  },
  {
    event: { type: 'segment-lost', segment: 3, message: 'no luck' },
    lines: ['segment 3 was not fully compared: no luck'],
  },
  {
    event: {
      ...{ type: 'outage', table: 'us-east-1:bbb', endpoint: 'http://e', limitMs: 600_000 },
      ...{ since: '2026-11-28T14:03:22Z', elapsedMs: 12_345, message: 'connect ECONNREFUSED' },
      hint: 'Look there.',
    },
    lines: [
      'waiting us-east-1:bbb at http://e has not answered since 2026-11-28T14:03:22Z, for 12 s: connect ECONNREFUSED. Waiting up to 10 min (--max-outage)',
      '        Look there.',
    ],
  },
  {
    event: { type: 'outage-over', table: 'us-east-1:bbb', endpoint: 'http://e', elapsedMs: 25_000 },
    lines: ['        us-east-1:bbb at http://e answers again, after 25 s'],
  },
  {
    event: { type: 'orders-differ', replica: 'us-east-1:bbb' },
    lines: [
      'us-east-1:bbb scans in another order than the master: looking its items up by key from here on, at more read units',
    ],
  },
  {
    event: {
      type: 'replica-lost',
      replica: 'us-east-1:bbb',
      message: 'no luck',
      hint: 'Try again.',
    },
    lines: ['us-east-1:bbb is left out from here on: no luck', '        Try again.'],
  },
  {
    event: { type: 'replica-lost', replica: 'us-east-1:bbb', message: 'no luck' },
    lines: ['us-east-1:bbb is left out from here on: no luck'],
  },
  {
    event: { type: 'restart-key', key: `{"id":{"S":"it's"}}` },
    lines: [`compared up to this key: --starting-key '{"id":{"S":"it'\\''s"}}'`],
  },
  {
    event: { type: 'deleting', replica: 'us-east-1:bbb', extras: 3 },
    lines: ['deleting 3 extra items of us-east-1:bbb'],
  },
  {
    event: { type: 'deletions-withheld', replica: 'us-east-1:bbb', extras: 3, reason: 'no luck' },
    lines: ['3 extra items of us-east-1:bbb not deleted: no luck'],
  },
]

for (const { event, lines, verbosity = 'normal' } of cases) {
  const what = lines.length === 0 ? 'in no line' : `as ${JSON.stringify(lines[0])}`
  t.test(`tellHuman prints ${event.type} ${what} (${verbosity})`, async (t) => {
    const { human, told } = listen({ verbosity })
    human.onEvent(event)
    t.equal(told(), lines.map((line) => `${line}\n`).join(''))
  })

  t.test(
    `tellHuman prints nothing of ${event.type} when quiet (${lines.length} lines)`,
    async (t) => {
      const { human, told } = listen({ verbosity: 'quiet' })
      human.onEvent(event)
      human.close()
      t.equal(told(), '')
    },
  )
}

t.test('tellHuman says once what a run will read, and how long that takes', async (t) => {
  const { human, told } = listen()
  const expected = [
    { table: 'us-east-1:aaa', readUnits: 1_800_000 },
    { table: 'us-east-1:bbb', readUnits: 1_100_000 },
  ]
  const paces = expected.map(({ table }) => ({
    ...{ table, kind: 'read', unitsPerSecond: 200, isAdaptive: false },
    ...{ origin: 'local', because: 'as asked for' },
  }))
  human.onEvent({ ...PLAN, expected })
  const pace = { type: 'pace', isPaused: false, paces } as unknown as RunEvent
  human.onEvent(pace)
  human.onEvent(pace)
  const lines = told().split('\n')
  t.same(
    lines.filter((line) => line.startsWith('reads ')),
    ['reads   about 2.90 M read units in all, about 2 h 30 min at this pace'],
  )
})

t.test('tellHuman prints progress and restart keys every thirty seconds', async (t) => {
  const { human, told } = listen()
  const key = (id: string): RunEvent => ({ type: 'restart-key', key: id })
  human.onEvent(key('first'))
  human.onEvent(key('too soon'))
  for (const at of [1000, 30_000, 31_000]) human.onEvent(progress(at))
  human.onEvent(key('second'))
  human.onEvent(progress(60_000))
  t.match(told(), /^.* first\n.* in 30 s .*\n.* second\n.* in 60 s .*\n$/)
})

t.test('tellHuman says at once that a run waits for keys, in each pass', async (t) => {
  const { human, told } = listen()
  const waitingFor = ['3 keys for another 4 s']
  const standstill = { keys: 3, ageMs: 5000, leftMs: 4000 }
  const waiting = (elapsedMs: number) =>
    ({ ...progress(elapsedMs), waitingFor, standstill }) as RunEvent
  for (const event of [progress(1000), waiting(2000), waiting(3000)]) human.onEvent(event)
  human.onEvent({ type: 'pass-began', pass: 2 })
  for (const event of [waiting(4000), waiting(33_999), waiting(34_000)]) human.onEvent(event)
  const lines = told().trimEnd().split('\n')
  t.same(
    lines.map((line) => / in (\d+ s) .*; waiting for 3 keys for another 4 s$/.exec(line)?.[1]),
    ['2 s', '4 s', '34 s'],
  )
})

t.test('tellHuman names the first keys that failed alone, and how to see the others', (t) => {
  const keyLeft = (n: number): RunEvent => ({
    type: 'key-left',
    replica: 'us-east-1:bbb',
    key: `{"id":{"S":"${n}"}}`,
    end: n % 2 === 0 ? 'failed' : 'unverified',
    message: 'it is denied',
  })
  const { human, told } = listen()
  for (let n = 0; n < 30; n++) human.onEvent(keyLeft(n))
  const lines = told().trim().split('\n')
  t.equal(lines.length, 21)
  t.equal(lines[0], 'us-east-1:bbb: {"id":{"S":"0"}} could not be repaired: it is denied')
  t.equal(lines[1], 'us-east-1:bbb: {"id":{"S":"1"}} could not be read: it is denied')
  t.match(lines[20], /other keys: --report FILE or --verbose/)
  t.end()
})

t.test('tellHuman prints every restart key when verbose', async (t) => {
  const { human, told } = listen({ verbosity: 'verbose' })
  for (const key of ['a', 'b', 'c']) human.onEvent({ type: 'restart-key', key })
  t.equal(told().split('\n').length, 4)
})

const found: Difference = {
  replica: 'us-east-1:bbb',
  kind: 'missing',
  key: { id: { S: 'a' } },
  action: 'none',
}

for (const { difference, line } of [
  { difference: found, line: '+ missing    {"id":"a"}' },
  {
    difference: { ...found, action: 'written' },
    line: '+ missing    {"id":"a"}: written',
  },
  {
    difference: { ...found, kind: 'differing', attributes: ['b', 'c'] },
    line: '~ differing  {"id":"a"}   b, c',
  },
  {
    difference: { ...found, kind: 'differing', unconfirmed: true },
    line: '~ differing  {"id":"a"} (unconfirmed)',
  },
  {
    difference: { ...found, kind: 'differing', attributes: ['b'], action: 'conflict' },
    line: '~ differing  {"id":"a"}   b: not repaired, it kept changing',
  },
  {
    difference: { ...found, kind: 'extra', action: 'deleted' },
    line: '- extra      {"id":"a"}: deleted',
  },
  {
    difference: { ...found, kind: 'extra', action: 'failed', error: 'no luck' },
    line: '- extra      {"id":"a"}: not repaired, no luck',
  },
] as { difference: Difference; line: string }[]) {
  t.test(`tellHuman prints a difference as "${line}"`, async (t) => {
    const verbose = listen({ verbosity: 'verbose' })
    verbose.human.onDifference(difference)
    const legend = line.startsWith('~') ? 'places  what a repair would change on the replica\n' : ''
    t.equal(verbose.told(), `${legend}${line}\n`)
    const normal = listen()
    normal.human.onDifference(difference)
    t.equal(normal.told(), '')
  })
}

const counts: ReplicaSummary = {
  ...zeroReplicaTally(),
  offered: 1502,
  sameAs: 1500,
  missing: 2,
  readUnits: 12.5,
  strategy: 'march',
  lostSegments: 0,
  deletionsWithheld: 0,
  unjudged: 0,
  lost: false,
}
const summary: Summary = {
  version: 1,
  outcome: 'different',
  dryRun: true,
  elapsedMs: 3000,
  strategy: 'auto',
  master: { table: 'us-east-1:aaa', scanned: 1502, readUnits: 1 },
  replicas: {
    'us-east-1:bbb': counts,
    'us-east-1:ccc': { ...counts, extra: null, written: 2, failed: 1 },
  },
  errors: [
    { table: 'us-east-1:ccc', code: 'SERVICE', message: 'no luck', hint: 'Try again.', count: 3 },
    { table: '', code: 'INTERNAL', message: 'a fault', count: 1 },
  ],
}

t.test('tellHuman concludes with a verdict per replica, the errors and the outcome', async (t) => {
  const { human, told } = listen()
  human.conclude(summary)
  t.same(told().split('\n'), [
    'Different: 2 of 3,004 items; 2 repaired.',
    'us-east-1:bbb: 1,500 the same, 2 missing, 0 differing, 0 extra',
    '        12.5 read units, 0 write units, by march',
    'us-east-1:ccc: 1,500 the same, 2 missing, 0 differing, extras not looked for',
    '        2 written, 1 failed',
    '        12.5 read units, 0 write units, by march',
    'scanned 1,502 items of us-east-1:aaa in 3 s (501/s), 1 read unit',
    'error   us-east-1:ccc: no luck (3 times)',
    '        Try again.',
    'error   a fault',
    'error   us-east-1:ccc: items that could not be repaired: 1',
    '        --report FILE or --verbose tells why, item by item',
    '        to repair: --write-missing',
    '        to see them: --verbose, or --report FILE',
    '',
  ])
})

for (const [waitedMs, time] of [
  [12, '0.1 s'],
  [3471, '3 s'],
  [600_000, '10 min'],
] as const) {
  t.test(`tellHuman says that a run has waited for ${time}, of a plan too`, async (t) => {
    const line = `waited  ${time} for 13 keys to stand still (--min-mismatch-age)`
    const waited = { ...summary, standstill: { keys: 13, waitedMs } }
    const { human, told } = listen()
    human.conclude(waited)
    const lines = told().split('\n')
    t.equal(lines.findIndex((one) => one.startsWith('scanned')) + 1, lines.indexOf(line))
    t.ok(doneLines('apply', waited).includes(line))
  })
}

/** Of summaries whose `extra` is null. */
const UNLOOKED = '; extras were not looked for (--scan-for-extra)'

for (const { outcome, line } of [
  { outcome: 'in-sync', line: `Repaired: 2 written, 0 deleted. In sync${UNLOOKED}.` },
  { outcome: 'different', line: 'Different: 2 of 3,004 items; 2 repaired.' },
  { outcome: 'incomplete', line: 'Incomplete: not everything could be read, verified or written.' },
  { outcome: 'stopped', line: 'Stopped by a safeguard.' },
  { outcome: 'interrupted', line: 'Interrupted.' },
] as const) {
  t.test(`tellHuman ends with "${line}" where the outcome is ${outcome}`, async (t) => {
    const { human, told } = listen()
    human.conclude({ ...summary, outcome })
    t.ok(told().startsWith(`${line}\n`), told())
  })
}

t.test('tellHuman prints only the errors when quiet', async (t) => {
  const { human, told } = listen({ verbosity: 'quiet' })
  human.conclude(summary)
  t.match(told(), 'no luck')
  t.notMatch(told(), 'the same')
})

t.test('tellHuman names the safeguard and its flag when quiet', async (t) => {
  const { human, told } = listen({ verbosity: 'quiet' })
  const stopped = {
    safeguard: 'max-deletes',
    rail: 'max-deletes',
    message: '9 of 10',
    hint: '--max-deletes 9 allows it',
  } as const
  human.conclude({ ...summary, outcome: 'stopped', errors: [], stopped })
  t.match(told(), /Stopped by --max-deletes: 9 of 10\.\n {8}--max-deletes 9 allows it\n/)
})

t.test('tellHuman shows a bar on a terminal, and writes its lines over it', async (t) => {
  const { human, told } = listen({ isTerminal: true })
  human.onEvent(progress(1000))
  t.match(told(), '3/7 segments')
  human.onEvent({ type: 'segment-lost', segment: 3, message: 'no luck' })
  human.close()
  t.ok(told().includes('\u001b[Jsegment 3 was not fully compared'), JSON.stringify(told()))
})

t.test('tellHuman writes no bar and no control characters to a pipe', async (t) => {
  const { human, told } = listen()
  for (const { event } of cases) human.onEvent(event)
  human.conclude(summary)
  human.close()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  t.notMatch(told(), /[\u0000-\u0009\u000b-\u001f\u2588\u2591]/)
})

for (const { scope, line } of [
  {
    scope: { startingKey: '{}' },
    line: `Repaired: 2 written, 0 deleted. In sync from the starting key on${UNLOOKED}.`,
  },
  {
    scope: { ignore: ['a', 'b'] },
    line: `Repaired: 2 written, 0 deleted. In sync, ignoring a, b${UNLOOKED}.`,
  },
]) {
  t.test(`tellHuman says "${line}" where only that was compared`, async (t) => {
    const { human, told } = listen()
    human.onEvent({ ...PLAN, ...scope })
    human.conclude({ ...summary, outcome: 'in-sync' })
    t.ok(told().includes(`\n${line}\n`), told())
  })
}

t.test('tellHuman says "In sync" with a count of what was left', async (t) => {
  const { human, told } = listen()
  human.onEvent(PLAN)
  human.conclude({
    ...summary,
    outcome: 'in-sync',
    replicas: { 'us-east-1:bbb': { ...counts, missing: 0, newer: 8 } },
    errors: [],
  })
  t.ok(told().includes('\nIn sync, but for 8 newer on the replica.\n'), told())
})

t.test('tellHuman shows every count, so that they add up', async (t) => {
  const { human, told } = listen()
  const states = { sameAs: 1, missing: 2, differing: 4, extra: 8, converged: 16, vanished: 32 }
  const rare = { expired: 64, newer: 128, elsewhere: 256, unverified: 512, unjudged: 1024 }
  const sides = { offered: 1500, scanned: 1000, matched: 453 }
  const ended = { written: 1, skipped: 1, resolved: 2, conflicts: 3, failed: 1, torn: 1 }
  const replica = { ...counts, ...states, ...rare, ...sides, ...ended }
  human.onEvent({ ...PLAN, writes: ['missing'] })
  human.conclude({ ...summary, replicas: { 'us-east-1:bbb': replica }, errors: [] })
  t.same(told().split('\n').slice(2, 6), [
    'us-east-1:bbb: 1 the same, 2 missing, 4 differing, 8 extra',
    '        16 caught up while being checked (replication lag), 128 newer on the replica and left, ' +
      "64 expired, 32 gone since the scan, 256 that looked extra and were counted with the master's item, " +
      '512 unverified, 1,024 read but not judged yet',
    '        2,047 in all: 1,500 of the master and 1,000 of the replica, less 453 that are on both',
    '        1 written, 1 skipped by a hook, 2 no longer different at repair time, 3 in conflict, 1 failed, 1 repaired in part, ' +
      '5 not repaired (not asked for or not reached)',
  ])
})

t.test('tellHuman shows every count of apply', async (t) => {
  const { human, told } = listen()
  human.onEvent({
    type: 'apply',
    rules: RULES,
    dryRun: false,
    plan: 'p',
    master,
    replicas: [replica],
    keys: 40,
    asksBeforeDeletions: false,
  })
  const states = { sameAs: 1, missing: 20, differing: 0, extra: 5, newer: 2, unverified: 3 }
  const ended = { written: 10, deleted: 1, skipped: 2, conflicts: 1, deletionsWithheld: 3 }
  const replicas = { 'us-east-1:bbb': { ...counts, ...states, ...ended, changed: 9 } }
  human.conclude({ ...summary, dryRun: false, replicas, errors: [], outcome: 'incomplete' })
  t.match(
    told(),
    'us-east-1:bbb: 10 written, 1 deleted, 1 already in order, 9 left alone because of later changes, ' +
      '2 newer on the replica and left, 1 in conflict, 2 skipped by a hook, 3 deletions withheld, ' +
      '3 unverified, 8 not reached, 0 failed\n',
  )
})

/** A plan and a journal, each of 40 entries. */
const FILES = {
  apply: {
    type: 'apply',
    rules: RULES,
    plan: 'p',
    master,
    replicas: [replica],
    keys: 40,
    asksBeforeDeletions: false,
  },
  undo: {
    type: 'undo',
    journal: 'j',
    writes: 40,
    isTorn: false,
    isEnded: true,
    replicas: [replica],
  },
} as const

for (const { file, dryRun, block } of [
  {
    file: 'apply',
    dryRun: false,
    block: [
      /^apply p {3}30% ██████░+ {3}12 of 40 repairs$/m,
      /^ {2}found {5}written 4 {3}deleted 5 {3}1 left alone because of later changes$/m,
    ],
  },
  {
    file: 'apply',
    dryRun: true,
    block: [
      /^apply p {3}35% ███████░+ {3}14 of 40 repairs$/m,
      /^ {2}found {5}1 left alone because of later changes$/m,
    ],
  },
  {
    file: 'undo',
    dryRun: false,
    block: [
      /^undo j {3}25% █████░+ {3}10 of 40 writes$/m,
      /^ {2}found {5}restored 4 {3}deleted 5 {3}1 left alone because of later changes$/m,
    ],
  },
] as const) {
  t.test(`tellHuman shows progress of ${file} (${dryRun ? 'dry' : 'in earnest'})`, async (t) => {
    const { human, told } = listen({ isTerminal: true, columns: 200 })
    human.onEvent({ ...FILES[file], dryRun })
    human.onEvent({ type: 'undone', writes: 7 })
    human.onEvent({ type: 'undone', writes: 3 })
    const found = { missing: 6, differing: 0, extra: 5, changed: 1, sameAs: 2 }
    const ended = dryRun ? {} : { written: 4, deleted: 5 }
    const counted = { ...zeroReplicaTally(), ...found, ...ended }
    human.onEvent({
      ...progress(1000),
      tally: { master: { scanned: 0, readUnits: 0 }, replicas: { 1: counted } },
      segmentsDone: 0,
      segments: 0,
    } as RunEvent)
    for (const line of block) t.match(told(), line)
    human.status()
    t.notMatch(told(), 'segments')
    t.equal(/dry run: nothing will be written/.test(told()), dryRun)
  })
}

t.test('tellHuman ends an interrupted run with the key to resume from', async (t) => {
  const { human, told } = listen()
  for (const key of ['{"id":{"S":"a"}}', '{"id":{"S":"b"}}']) {
    human.onEvent({ type: 'restart-key', key })
  }
  human.conclude({ ...summary, outcome: 'interrupted' })
  t.match(told(), /^Interrupted\.$/m)
  t.ok(told().endsWith(`        to go on from here: --starting-key '{"id":{"S":"b"}}'\n`))
})

t.test('tellHuman prints no writes in a dry run', async (t) => {
  const { human, told } = listen()
  human.onEvent(PLAN)
  human.onEvent(progress(30_000))
  t.match(told(), /3 extra\n$/)
})

t.test('tellHuman begins with all rules that affect the result', async (t) => {
  const { human, told } = listen()
  const rules = {
    ignore: ['a', 'b'],
    versionAttribute: 'v',
    newerWins: true,
    hooks: 'file:///h.mjs',
    comparesExpired: true,
    quiesced: true,
  }
  human.onEvent({ ...PLAN, rules, startingKey: '{"id":{"S":"k"}}' })
  t.equal(
    told().split('\n')[0],
    'rules   ignored: a, b; versions by v, and newer items of a replica are left; hooks file:///h.mjs; ' +
      'expired items are compared like any other; nobody else writes (--quiesced); ' +
      'only what comes after the key {"id":{"S":"k"}}',
  )
  human.conclude({ ...summary, outcome: 'in-sync', errors: [], replicas: {} })
  t.match(told(), 'In sync from the starting key on, by the rules of file:///h.mjs.\n')
})

t.test('tellHuman prints no size that the service does not know yet', async (t) => {
  const { human, told } = listen()
  const young = { ...master, facts: { ...facts, approximateItems: 0, approximateBytes: 0 } }
  human.onEvent({ type: 'tables', runId: 'ab12cd34', master: young, replicas: [] })
  t.match(told(), 'size not known yet')
  t.notMatch(told(), /items|bytes/)
})

t.test('tellHuman fills its bar by items where their number is known', async (t) => {
  const { human, told } = listen({ isTerminal: true })
  human.onEvent({ type: 'tables', runId: 'ab12cd34', master, replicas: [] })
  human.onEvent({ ...progress(1000), segmentsDone: 0 } as RunEvent)
  t.match(told(), /99%/)
  human.close()
})
