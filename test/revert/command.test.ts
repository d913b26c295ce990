/** `tablesync revert` as it is shipped, then `undo`, on real engines. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { runCli, runForSummary, startCli, tempFolder } from '../support/command/run-cli.ts'
import { inOrder } from '../support/command/scene.ts'
import { hooksModule } from '../support/hooks-module.ts'
import { type Engine, startDynalite } from '../support/tables/dynalite.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { clientOf, type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { fewOf } from '../support/thorough.ts'
import { type ChangeOfKey, writeExport } from './an-export.ts'
import { waitsForEver } from './waiting-hook.ts'

const PAST = String(Date.parse('2026-11-30T08:00:00.000Z') / 1000)
const item = (id: string, more: Item): Item => ({ id: { S: id }, at: { N: '1.50' }, ...more })

const ENGINES: readonly {
  readonly name: string
  readonly skip: string | false
  readonly knowsExpiry: boolean
  start(): Promise<Engine>
}[] = [
  { name: 'dynalite', skip: false, knowsExpiry: false, start: startDynalite },
  { name: 'DynamoDB Local', skip: noJava, knowsExpiry: true, start: startDynamoDBLocal },
]

for (const { name, skip, knowsExpiry, start } of ENGINES) {
  t.test(`revert and undo on ${name}`, { skip }, async (t) => {
    const { endpoint, stop } = await start()
    t.teardown(stop)
    const table = await makeTable(endpoint, {
      key: [
        { name: 'id', type: 'S' },
        { name: 'at', type: 'N' },
      ],
    })
    if (knowsExpiry) {
      const client = clientOf(t, endpoint)
      const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: true }
      const what = { TableName: table.name, TimeToLiveSpecification }
      await client.send(new UpdateTimeToLiveCommand(what))
    }
    const changes = [
      { before: item('updated', { n: { N: '1' } }), after: item('updated', { n: { N: '2' } }) },
      { after: item('put', { n: { N: '2' } }) },
      { before: item('deleted', { b: { B: 'AAEC' as never } }) },
      { before: item('since', { n: { N: '1' } }), after: item('since', { n: { N: '2' } }) },
      { before: item('expired', { ttl: { N: PAST } }) },
    ].map((change) => {
      const { id, at } = (change.after ?? change.before) as Item
      return { keys: { id, at }, ...change } as unknown as ChangeOfKey
    })
    const since = item('since', { n: { N: '3' }, good: { BOOL: true } })
    await table.put([item('updated', { n: { N: '2' } }), item('put', { n: { N: '2' } }), since])
    // DynamoDB Local gives tables no ids.
    const tableId = (await table.id()) ?? 'of-the-export'
    const { folder, arn, tableArn } = await writeExport(t, { tableId, changes })
    const journal = join(await tempFolder(t), 'journal.ndjson')
    const restored = tableId === 'of-the-export' ? ['--same-table-as', tableArn] : []
    const where = ['-r', table.label, '--endpoint', endpoint]
    const args = ['revert', folder, ...where, '--all', ...restored]

    const made = await runCli([...args, '--journal', journal])
    t.equal(made.code, 0, made.stderr)
    t.equal(made.stdout, '')
    const selected = knowsExpiry ? 4 : 5
    t.match(made.stderr, `export  ${arn}`)
    t.match(made.stderr, `${selected} of 5 changes selected`)
    t.match(made.stderr, `tablesync undo ${journal} --dry-run`)
    if (knowsExpiry) t.match(made.stderr, '1 had expired when deleted')
    t.match((await runCli(['show', journal])).stdout, `export      ${arn}`)

    const again = await runCli([...args, '--journal', journal])
    t.equal(again.code, 2, 'a journal is never replaced')
    const json = await runCli([...args, '--journal', `${journal}-2.gz`, '--json', '--quiet'])
    t.match(JSON.parse(json.stdout), { version: 1, outcome: 'complete', selected })
    t.equal(json.stderr, '')

    const undone = await runForSummary(['undo', journal, '--yes'])
    t.equal(undone.code, 1, 'one has changed since')
    const expected = [
      item('updated', { n: { N: '1' } }),
      item('deleted', { b: { B: new Uint8Array([0, 1, 2]) } }),
      since,
      ...(knowsExpiry ? [] : [item('expired', { ttl: { N: PAST } })]),
    ]
    t.same(normal(await table.all()), normal(expected))
    const twice = await runForSummary(['undo', `${journal}-2.gz`, '--yes'])
    t.match(twice.summary.replicas[table.label], { written: 0, deleted: 0, changed: 1 })
    t.same(normal(await table.all()), normal(expected))
  })
}

/** Engines spell numbers their own way. */
const normal = (items: readonly Item[]) =>
  inOrder(items).map((one) => ({ ...one, at: { N: String(Number(one['at']?.N)) } }))

t.test('what is refused names the flag, exits with 2 and leaves no journal', async (t) => {
  const { endpoint, stop } = await startDynalite()
  t.teardown(stop)
  const table = await makeTable(endpoint)
  const { folder, data } = await writeExport(t, { tableId: 'other', changes: [] })
  const journal = join(await tempFolder(t), 'journal.ndjson')
  const given = ['-r', table.label, '--endpoint', endpoint, '--journal', journal]
  for (const [args, message] of fewOf([
    [['revert'], /to be followed by the export, got nothing/],
    [['revert', folder, ...given], /Expected `--all` or `--hooks`, got neither/],
    [['revert', folder, '--all', '-r', table.label], /Expected `--journal` to be a file/],
    [['revert', folder, '--all', '--journal', journal], /Expected one `--replica`/],
    [['revert', folder, ...given, '--all', '--dry-run'], /takes, got `--dry-run`/],
    [['revert', folder, ...given, '--all', '--master', 'a:b'], /takes, got `--master`/],
    [['revert', folder, ...given, '--all'], /to have the exported table's id other, got /],
    [['revert', data[0] as string, ...given, '--all'], /Cannot read .*manifest-summary.json/],
    [['revret', folder, ...given, '--all'], /Is `tablesync revert` meant/],
  ] as const)) {
    const { code, stdout, stderr } = await runCli(args)
    t.equal(code, 2, stderr)
    t.match(stderr, message)
    t.equal(stdout, '')
    await t.rejects(stat(journal), { code: 'ENOENT' })
  }
  const { code, stdout } = await runCli(['revert', folder, ...given, '--all', '--json'])
  t.equal(code, 2)
  t.match(JSON.parse(stdout), { outcome: 'refused', errors: [{ code: 'TABLE_CHANGED' }] })
})

t.test('a command that is ended twice at once leaves no file of that name', async (t) => {
  const { endpoint, stop } = await startDynalite()
  t.teardown(stop)
  const table = await makeTable(endpoint)
  const id = { S: 'a' }
  const changes = [{ keys: { id }, after: { id } }]
  const { folder } = await writeExport(t, { tableId: (await table.id()) as string, changes })
  const place = await tempFolder(t)
  const journal = join(place, 'journal.ndjson')
  const hooks = await hooksModule(t, waitsForEver)
  const args = ['revert', folder, '-r', table.label, '--endpoint', endpoint, '--hooks', hooks]
  const { child, said, ended } = startCli([...args, '--journal', journal])
  await said('window')
  child.kill('SIGINT')
  await said('Stopping. No journal is left.')
  child.kill('SIGINT')
  t.equal((await ended).code, 130)
  t.notOk((await readdir(place)).includes('journal.ndjson'))
})

t.test(
  'the command counts items that are too wide for one condition, and exits with 3',
  async (t) => {
    const { endpoint, stop } = await startDynalite()
    t.teardown(stop)
    const table = await makeTable(endpoint)
    const wide = (n: number) =>
      Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`a${at}`, { N: String(n) }]))
    const id = { S: 'wide' }
    const changes = [{ keys: { id }, before: { id, ...wide(1) }, after: { id, ...wide(2) } }]
    const { folder } = await writeExport(t, { tableId: (await table.id()) as string, changes })
    const journal = join(await tempFolder(t), 'journal.ndjson')
    const args = ['revert', folder, '-r', table.label, '--endpoint', endpoint, '--all']
    const { code, stderr } = await runCli([...args, '--journal', journal])
    t.equal(code, 3, stderr)
    t.match(stderr, '1 too wide')
    t.notMatch(stderr, 'undo', 'there is nothing to undo')
    const lines = (await readFile(journal, 'utf8')).trim().split('\n')
    t.equal(lines.length, 2, 'header and footer')
  },
)
