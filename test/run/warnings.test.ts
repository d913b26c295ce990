import type { TableFacts } from '../../lib/model/tables/table.ts'
import type { Settings } from '../../lib/options/settings.ts'
import { warningsOf } from '../../lib/run/preflight/warnings.ts'
import type { Tables } from '../../lib/run/tables/table-inspection.ts'
import { t } from '../support/tap.ts'

const FACTS: TableFacts = {
  keySchema: [{ name: 'id', type: 'S' }],
  arn: undefined,
  tableId: undefined,
  createdAt: undefined,
  approximateItems: 1,
  approximateBytes: 1,
  otherRegions: [],
  hasStream: false,
  ttlAttribute: 'ttl',
  hasPointInTimeRecovery: true,
  capacity: undefined,
  indexes: [{ name: 'by-at', isLocal: false, key: 'at (N)' }],
}

function warned(replica: Partial<TableFacts>, { writes = true, journal = '', master = {} } = {}) {
  const settings = {
    asked: { missing: writes, differing: false, extra: false },
    journal: journal === '' ? undefined : journal,
  } as unknown as Settings
  const ref = (label: string) => ({ label, region: 'x', name: label })
  const inspected = [
    { ref: ref('master'), facts: { ...FACTS, ...master } },
    { ref: ref('replica'), facts: { ...FACTS, ...replica } },
  ]
  return warningsOf(settings, { inspected } as unknown as Tables).map(({ message }) => message)
}

t.test('warningsOf warns of what may reject, multiply or undo writes', async (t) => {
  t.same(warned({}), [])
  t.match(warned({ hasPointInTimeRecovery: false }), [/no point-in-time recovery.*--journal/])
  t.same(warned({ hasPointInTimeRecovery: false }, { journal: 'file' }), [])
  t.match(warned({ indexes: [{ name: 'other', isLocal: false, key: 'at (S)' }] }), [
    /an index that the master lacks, other on at \(S\)/,
  ])
  t.match(warned({ indexes: [{ name: 'near', isLocal: true, key: 'id (S), at (S)' }] }), [
    /an index that the master lacks/,
    /a local index, near: the items of one id \(S\) may take 10 GB/,
  ])
  t.match(warned({ ttlAttribute: 'other' }), [/expires items by other, and the master by ttl/])
  t.match(warned({}, { master: { ttlAttribute: null } }), [
    /expires items by ttl, and the master expires none/,
  ])
})

t.test('warningsOf is silent where nothing is known, or nothing is written', async (t) => {
  const unknown = { ttlAttribute: undefined, hasPointInTimeRecovery: undefined, indexes: undefined }
  t.same(warned(unknown), [])
  t.same(warned({ ttlAttribute: null }), [])
  t.same(warned({ hasPointInTimeRecovery: false }, { writes: false }), [])
})
