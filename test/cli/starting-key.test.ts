/** The flag that begins in the middle of the master. */

import type { KeyAttribute } from '../../lib/model/tables/table.ts'
import { startRecorder } from '../support/command/recorder.ts'
import { runCli, runForSummary } from '../support/command/run-cli.ts'
import {
  argsOf,
  COUNTS,
  EXTRA_IDS,
  inOrder,
  makeScene,
  makeTwins,
  replicaOf,
} from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2

for (const { what, write } of [
  { what: 'plain', write: (id: string | undefined) => JSON.stringify({ id }) },
  { what: 'DynamoDB JSON', write: (id: string | undefined) => JSON.stringify({ id: { S: id } }) },
]) {
  for (const strategy of ['march', 'lookup']) {
    t.test(
      `--starting-key starts after that key, given as ${what}, by ${strategy}`,
      oneOfMany(),
      async (t) => {
        const { args, master, replica } = await makeScene(engine.endpoint)
        const order = await master.all()
        const key = write(order[11]?.['id']?.S)
        const behind = new Set(order.slice(12).map((one) => one['id']?.S))
        const lacking = ['item-17', 'item-18', 'item-19'].filter((id) => behind.has(id))
        const flags = ['--starting-key', key, '--strategy', strategy]
        const { summary } = await runForSummary([...args, ...flags])
        t.equal(summary.master.scanned, 8)
        t.match(replicaOf(summary, replica), { missing: lacking.length, extra: null })
      },
    )
  }
}

t.test('--starting-key with --write-missing writes only what comes after the key', async (t) => {
  const { args, master, replica } = await makeTwins(engine.endpoint)
  const order = await master.all()
  await replica.remove(order)
  const key = JSON.stringify({ id: order[11]?.['id']?.S })
  await runCli([...args, '--starting-key', key, '--write-missing'])
  t.same(inOrder(await replica.all()), inOrder(order.slice(12)))
})

for (const strategy of ['march', 'lookup']) {
  t.test(
    `--starting-key with --scan-for-extra finds every extra, by ${strategy}`,
    oneOfMany(),
    async (t) => {
      const { args, replica } = await makeScene(engine.endpoint)
      const order = (await replica.all()).map((one) => one['id']?.S ?? '')
      const at = order.indexOf('item-7')
      const before = order.slice(0, at).filter((id) => EXTRA_IDS.includes(id)).length
      t.ok(before > 0 && before < EXTRA_IDS.length, 'extras lie on both sides of the key')
      const flags = ['--starting-key', '{"id":"item-7"}', '--strategy', strategy]
      const { summary } = await runForSummary([...args, ...flags, '--scan-for-extra'])
      t.match(replicaOf(summary, replica), { extra: COUNTS.extra })
    },
  )
}

t.test('--starting-key with --delete-extra deletes every extra, and no other item', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const flags = ['--starting-key', '{"id":"item-7"}', '--delete-extra']
  const { summary } = await runForSummary([...args, ...flags])
  t.match(replicaOf(summary, replica), { extra: COUNTS.extra, deleted: COUNTS.extra })
  t.equal((await replica.all()).length, 17)
})

t.test('--starting-key implies one segment', async (t) => {
  const { master, replica } = await makeTwins(engine.endpoint)
  const recorder = await startRecorder(t, engine.endpoint)
  const args = argsOf({ ...master, endpoint: recorder.endpoint }, replica)
  const flags = ['--starting-key', '{"id":"item-7"}', '--parallel', '4']
  t.equal((await runCli([...args, ...flags])).code, 0)
  const scans = recorder.bodies('Scan')
  t.ok(scans.length > 0)
  for (const body of scans) t.equal(body['TotalSegments'], 1)
  const ofMaster = scans.filter((body) => body['TableName'] === master.name)
  t.same(ofMaster[0]?.['ExclusiveStartKey'], { id: { S: 'item-7' } })
})

const NUMBERED: readonly KeyAttribute[] = [
  { name: 'id', type: 'N' },
  { name: 'at', type: 'N' },
]

for (const { what, key } of [
  { what: 'plain numbers', key: '{"id":7,"at":-1}' },
  { what: 'numbers as text', key: '{"id":"7","at":"-1"}' },
  { what: 'DynamoDB JSON', key: '{"id":{"N":"7"},"at":{"N":"-1"}}' },
]) {
  t.test(`--starting-key takes ${what} for a key of numbers`, oneOfMany(), async (t) => {
    const master = await makeTable(engine.endpoint, { key: NUMBERED })
    const replica = await makeTable(engine.endpoint, { key: NUMBERED })
    const rows = [-2, -1, 0, 1].map((at): Item => ({ id: { N: '7' }, at: { N: String(at) } }))
    await master.put(rows)
    const args = [...argsOf(master, replica), '--starting-key', key]
    const { summary } = await runForSummary(args)
    t.equal(summary.master.scanned, 2)
    t.match(replicaOf(summary, replica), { missing: 2 })
  })
}

t.test('--starting-key keeps all digits of a long number that is quoted', async (t) => {
  const key: readonly KeyAttribute[] = [{ name: 'id', type: 'N' }]
  const [master, replica] = [
    await makeTable(engine.endpoint, { key }),
    await makeTable(engine.endpoint, { key }),
  ]
  const recorder = await startRecorder(t, engine.endpoint)
  const args = argsOf({ ...master, endpoint: recorder.endpoint }, replica)
  await runCli([...args, '--starting-key', '{"id":"12345678901234567890123"}'])
  const [first] = recorder.bodies('Scan')
  t.same(first?.['ExclusiveStartKey'], { id: { N: '12345678901234567890123' } })
})

t.test('--starting-key takes a key that the last run logged, and goes on there', async (t) => {
  const { args, master } = await makeTwins(engine.endpoint)
  const first = await runCli([...args, '--segments', '1', '--scan-limit', '2', '--verbose'])
  const keys = [...first.stderr.matchAll(/--starting-key '(.*)'/g)].map(([, key]) => key as string)
  t.ok(keys.length > 1, `logs restart keys as it goes on; said ${first.stderr}`)
  const order = (await master.all()).map((one) => one['id']?.S)
  for (const key of [keys[0] as string, keys.at(-1) as string]) {
    const place = order.indexOf((JSON.parse(key) as { id: { S: string } }).id.S)
    t.ok(place >= 0)
    const { summary } = await runForSummary([...args, '--starting-key', key])
    t.equal(summary.master.scanned, order.length - place - 1)
  }
})

t.test('--starting-key logs restart keys without --verbose too', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const flags = ['--starting-key', '{"id":"item-7"}', '--scan-limit', '1']
  const { stderr } = await runCli([...args, ...flags])
  t.match(stderr, /--starting-key '\{"id":\{"S":"item-\d+"\}\}'/)
})

for (const { what, flags, said } of [
  {
    what: 'text that is no JSON',
    flags: ['item-7'],
    said: ['`--starting-key`', 'JSON object', 'item-7', 'For example'],
  },
  {
    what: 'JSON that is no object',
    flags: ['[1]'],
    said: ['`--starting-key`', 'JSON object', '[1]'],
  },
  { what: 'an empty value', flags: [''], said: ['--starting-key'] },
  {
    what: 'a key of another name',
    flags: ['{"key":"a"}'],
    said: ['id (S)', 'got key'],
  },
  { what: 'an attribute beside the key', flags: ['{"id":"a","at":1}'], said: ['exactly id (S)'] },
  {
    what: 'a key of another type',
    flags: ['{"id":{"N":"1"}}'],
    said: ['`id`', 'type S', '{"N":"1"}'],
  },
  {
    what: 'a number where the key is text',
    flags: ['{"id":1}'],
    said: ['`id`', 'type S', 'got 1'],
  },
  {
    what: 'more segments than one',
    flags: ['{"id":"a"}', '--segments', '2'],
    said: ['one segment', '--starting-key', 'got 2'],
  },
  {
    what: 'a second key',
    flags: ['{"id":"a"}', '--starting-key', '{"id":"b"}'],
    said: ['Expected one `--starting-key`, got 2'],
  },
]) {
  t.test(`--starting-key refuses ${what}`, oneOfMany(), async (t) => {
    const { args, replica } = await makeScene(engine.endpoint)
    const before = await replica.all()
    const result = await runCli([...args, '--write-missing', '--starting-key', ...flags])
    t.equal(result.code, 2)
    t.equal(result.stdout, '')
    for (const text of said) t.ok(result.stderr.includes(text), `${text} in ${result.stderr}`)
    t.same(await replica.all(), before)
  })
}
