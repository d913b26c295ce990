/** Runs under masks: what is compared, written, reported and refused. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunOptions, WireItem } from 'tablesync'
import { isNotMasked, masking } from '../../lib/masks/masked-item.ts'
import { readMasks } from '../../lib/masks/masks-file.ts'
import { type Teardown, tempFolder } from '../support/command/run-cli.ts'
import { asks, counts, item, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'

const WRITES = { writeMissing: true, writeDiffering: true }

type Rules = Readonly<Record<string, unknown>>

/** Options with masks, and what the masks make of an item. */
export async function masked(t: Teardown, rules: Rules, key = 'the key of all these tests') {
  const folder = await tempFolder(t)
  const [masks, maskKeyFile] = [join(folder, 'masks.json'), join(folder, 'key')]
  await writeFile(masks, JSON.stringify({ rules }))
  await writeFile(maskKeyFile, `${key}\n`)
  const { masked } = masking(await readMasks({ file: masks, keyFile: maskKeyFile, key: undefined }))
  const becomes = (one: WireItem): WireItem | undefined => {
    const made = masked(one)
    return isNotMasked(made) ? undefined : made
  }
  return { options: { masks, maskKeyFile } satisfies Partial<RunOptions>, becomes }
}

const person = (at: number, more: WireItem = {}) =>
  item(at, { email: { S: `ann${at}@company.example` }, ...more })
const RULES = { id: 'keep', n: 'digits', email: 'email' }

for (const strategy of ['auto', 'march', 'lookup'] as const) {
  t.test(`masked items are written and then equal, by ${strategy}`, async (t) => {
    const { options, becomes } = await masked(t, RULES)
    const masterItems = Array.from({ length: 60 }, (_, at) => person(at))
    const { replica, run } = await openScene(t, {
      masterItems,
      replicaItems: masterItems.slice(0, 20),
      becomes,
    })
    const first = await run({ ...options, ...WRITES, strategy })
    t.match(first.summary, { outcome: 'in-sync', masks: /^[\da-f]{16}-[\da-f]{8}$/ })
    t.match(counts(first.summary, replica), { missing: 40, differing: 20, written: 60 })
    const second = await run({ ...options, ...WRITES, strategy })
    t.match(counts(second.summary, replica), { sameAs: 60, written: 0 })
    t.strictSame(
      replica.table
        .all()
        .map((one) => JSON.stringify(one))
        .sort(),
      masterItems.map((one) => JSON.stringify(becomes(one))).sort(),
    )
  })

  t.test(`an item without a rule is left, by ${strategy}`, async (t) => {
    const { options, becomes } = await masked(t, RULES)
    const odd = { 7: { note: { S: 'secret' } }, 30: { n: { BOOL: true } }, 59: { m: { M: {} } } }
    const masterItems = Array.from({ length: 60 }, (_, at) =>
      person(at, (odd as Record<number, WireItem>)[at]),
    )
    const { replica, run } = await openScene(t, {
      masterItems,
      replicaItems: [item(30), { id: { S: 'item-59' } }],
      becomes,
    })
    const { summary, events } = await run({ ...options, ...WRITES, strategy })
    t.equal(summary.outcome, 'incomplete')
    t.match(counts(summary, replica), { missing: 57, written: 57, unverified: 3, differing: 0 })
    const left = events.filter(({ type }) => type === 'key-left')
    t.match(left.map((event) => JSON.stringify(event)).sort(), [
      /item-30.*no rule|item-30/,
      /item-59/,
      /item-7.*note: no rule covers this value of type S/,
    ])
    t.strictSame(replica.table.at({ id: { S: 'item-30' } }), item(30))
    t.equal(replica.table.at({ id: { S: 'item-7' } }), undefined)
    t.match(summary.errors, [{ code: 'UNMASKED' }, {}, {}])
    t.notMatch(JSON.stringify(replica.stub.requests), /company\.example|secret/)
  })
}

t.test('masked keys', async (t) => {
  const { options, becomes } = await masked(t, { ...RULES, id: 'hash' })
  const masterItems = Array.from({ length: 60 }, (_, at) => person(at))
  const { master, replica, run } = await openScene(t, { masterItems, replicaItems: [], becomes })
  const first = await run({ ...options, ...WRITES })
  t.match(first.summary, { outcome: 'in-sync' })
  t.match(counts(first.summary, replica), { missing: 60, written: 60 })
  master.table.set(person(3, { n: { N: '99' } }))
  const second = await run({ ...options, ...WRITES })
  t.match(counts(second.summary, replica), { sameAs: 59, differing: 1, written: 1 })
  t.equal(replica.table.all().length, 60)
  t.notMatch(JSON.stringify(replica.stub.requests.filter(asks('PutItem'))), /item-/)
  t.notMatch(JSON.stringify([first, second]), /item-/)
})
