/** How many segments, in which order, and what a run looks for. */

import { asProperty } from '../../lib/options/option.ts'
import { resolveOptions } from '../../lib/options/resolve.ts'
import type { RunOptions } from '../../lib/options/run-options.ts'
import {
  planRun,
  planSegments,
  planWorkers,
  shuffledSegments,
} from '../../lib/run/preflight/scan-plan.ts'
import type { Tables } from '../../lib/run/tables/table-inspection.ts'
import { t } from '../support/tap.ts'

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

for (const { what, segments, parallel = 4, bytes, planned } of [
  { what: 'as many as were asked for', segments: 3, bytes: GIB, planned: 3 },
  { what: 'one per lane where the size is unknown', bytes: undefined, planned: 4 },
  { what: 'one per lane where the size is said to be zero', bytes: 0, planned: 4 },
  { what: 'one for a byte', bytes: 1, planned: 1 },
  { what: 'one for 512 KiB', bytes: 512 * KIB, planned: 1 },
  { what: 'two for a byte more', bytes: 512 * KIB + 1, planned: 2 },
  { what: 'eight per lane for a small table', bytes: 64 * MIB, planned: 32 },
  {
    what: 'eight per lane and no more while they are smaller than 16 MiB',
    bytes: 512 * MIB,
    planned: 32,
  },
  { what: 'one per 16 MiB beyond that', bytes: 512 * MIB + 1, planned: 33 },
  { what: 'one per 16 MiB for a large table', bytes: 10 * GIB, planned: 640 },
  { what: '65,536 at most', bytes: 2000 * GIB, planned: 65_536 },
  { what: 'more where there are more lanes', bytes: 64 * MIB, parallel: 16, planned: 128 },
]) {
  t.test(`planSegments plans ${what}`, async (t) => {
    t.equal(planSegments({ segments, parallel }, { approximateBytes: bytes }), planned)
  })
}

const NO_WRITES = { missing: false, differing: false, extra: false }

for (const { what, bytes, areWorkersAsked = false, write = NO_WRITES, replicas = 1, planned } of [
  { what: 'one for tables of half a gigabyte together', bytes: 256 * MIB, planned: 1 },
  { what: 'two for a byte more', bytes: 256 * MIB + 1, planned: 2 },
  { what: 'two for a third table of that size', bytes: 256 * MIB, replicas: 2, planned: 2 },
  { what: 'one per core and no more', bytes: 100 * GIB, planned: 4 },
  { what: 'one per core where the size is unknown', bytes: undefined, planned: 4 },
  { what: 'one per core where the size is said to be zero', bytes: 0, planned: 4 },
  { what: 'as many as were asked for', bytes: 1, areWorkersAsked: true, planned: 4 },
  { what: 'one per core for writes', bytes: 1, write: { ...NO_WRITES, extra: true }, planned: 4 },
]) {
  t.test(`planWorkers plans ${what}`, async (t) => {
    const settings = { workers: 4, areWorkersAsked, write, replicas: Array(replicas).fill({}) }
    t.equal(planWorkers(settings as never, { approximateBytes: bytes }), planned)
  })
}

for (const count of [0, 1, 2, 100]) {
  t.test(`shuffledSegments contains each of ${count} segments once`, async (t) => {
    const order = shuffledSegments({ segments: count })
    t.same(
      order.toSorted((a, b) => a - b),
      Array.from({ length: count }, (_, segment) => segment),
    )
  })
}

t.test('shuffledSegments does not keep neighbours together', async (t) => {
  const order = shuffledSegments({ segments: 1000 })
  const inOrder = order.filter((segment, at) => order[at - 1] === segment - 1).length
  t.ok(inOrder < 100, `${inOrder} of 1000 follow the one before`)
})

const table = { label: 'us-east-1:aaa', region: 'us-east-1', name: 'aaa' }
const facts = {
  keySchema: [{ name: 'id', type: 'S' }],
  arn: undefined,
  tableId: undefined,
  createdAt: undefined,
  approximateItems: 1,
  approximateBytes: 1,
  otherRegions: [],
  hasStream: false,
  ttlAttribute: undefined,
  hasPointInTimeRecovery: undefined,
  capacity: undefined,
  indexes: undefined,
} as const
const TABLES: Tables = {
  runId: 'test',
  inspected: [{ ref: table, facts }],
  access: [],
  credentials: [],
  undivided: [],
  denied: [],
  readUnits: [],
}

for (const { given, plan } of [
  {
    given: {},
    plan: { byLookup: false, mayGoOver: true, findExtras: true, startingKey: undefined },
  },
  { given: { strategy: 'march' }, plan: { byLookup: false, mayGoOver: false, findExtras: true } },
  { given: { strategy: 'lookup' }, plan: { byLookup: true, mayGoOver: false, findExtras: false } },
  { given: { strategy: 'lookup', scanForExtra: true }, plan: { byLookup: true, findExtras: true } },
  { given: { strategy: 'lookup', deleteExtra: true }, plan: { byLookup: true, findExtras: true } },
  {
    given: { startingKey: '{"id":"a"}' },
    plan: { segments: 1, findExtras: false, startingKey: '{"id":{"S":"a"}}' },
  },
  { given: { startingKey: '{"id":"a"}', scanForExtra: true }, plan: { findExtras: true } },
  { given: { startingKey: '{"id":"a"}', deleteExtra: true }, plan: { findExtras: true } },
] as const) {
  t.test(`planRun turns ${JSON.stringify(given)} into ${JSON.stringify(plan)}`, async (t) => {
    const options: RunOptions = { master: 'us-east-1:aaa', replicas: ['us-east-1:bbb'], ...given }
    t.match(planRun(resolveOptions(options, asProperty), TABLES), plan)
  })
}

t.test("planRun refuses a starting key that does not fit the master's key", async (t) => {
  const options = {
    master: 'us-east-1:aaa',
    replicas: ['us-east-1:bbb'],
    startingKey: { key: 'a' },
  }
  t.throws(() => planRun(resolveOptions(options, asProperty), TABLES), { code: 'USAGE' })
})
