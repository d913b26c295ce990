/** Exports that cannot be taken back, and damaged ones: refused by name, with nothing left behind. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type RevertOptions, revertSync } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { item } from '../support/scene.ts'
import { startStub } from '../support/tables/stub.ts'
import { type Test, t } from '../support/tap.ts'
import {
  type ChangeOfKey,
  type ExportToWrite,
  TABLE_ARN,
  type WrittenExport,
  writeExport,
} from './an-export.ts'

const ID = '12345a12-abcd-123a-ab12-1234abc12345'
const SECRET = 'a-value-that-nobody-may-see'

const CHANGES: readonly ChangeOfKey[] = [1, 2, 3, 4].map((index) => ({
  keys: { id: { S: `item-${index}` } },
  before: item(index, { note: { S: SECRET } }),
  after: item(index),
}))

interface Case {
  readonly name: string
  readonly write?: Partial<ExportToWrite>
  /** What happens to the export before it is read. */
  damage?(written: WrittenExport): Promise<void>
  readonly options?: Partial<RevertOptions>
  readonly code?: string
  readonly message: RegExp
  readonly hint?: RegExp
}

const without = (name: string) => ({ summary: { [name]: undefined } })
const with1 = (name: string, value: unknown) => ({ summary: { [name]: value } })

const rewrite = async (file: string, change: (text: string) => string) =>
  writeFile(file, change(await readFile(file, 'utf8')))

/** Changes the lines of a data file, with a manifest that knows of it. */
const withLine =
  (change: (line: string) => string) =>
  async ({ folder, data: [file = ''] }: WrittenExport) => {
    const lines = gunzipSync(await readFile(file))
      .toString()
      .split('\n')
    await replaced(
      folder,
      file,
      gzipSync([change(lines[0] as string), ...lines.slice(1)].join('\n')),
    )
  }

/** Puts other bytes into the first data file, and into the manifest that these are right. */
async function replaced(folder: string, file: string, bytes: Buffer): Promise<void> {
  await writeFile(file, bytes)
  const md5 = createHash('md5').update(bytes).digest('base64')
  const manifest = join(folder, 'manifest-files.json')
  await rewrite(manifest, (text) => {
    const [first = '', ...others] = text.split('\n')
    return [JSON.stringify({ ...JSON.parse(first), md5Checksum: md5 }), ...others].join('\n')
  })
  await rm(join(folder, 'manifest-files.checksum'))
}

const CASES: readonly Case[] = [
  {
    name: 'a full export',
    write: { summary: { exportType: 'FULL_EXPORT', exportTime: '2026-11-30T08:00:00Z' } },
    message: /Expected an incremental export, got a full one/,
  },
  {
    name: 'a full export of the format of 2020',
    write: { summary: { exportType: undefined, exportTime: '2026-11-30T08:00:00Z' } },
    message: /Expected an incremental export, got a full one/,
  },
  ...['NEW_IMAGE', 'NEW_IMAGES'].map((view) => ({
    name: `an export with ${view}`,
    write: with1('outputView', view),
    message: new RegExp(`Expected an export of new and old images, got ${view}$`),
  })),
  {
    name: 'an export in Amazon ION',
    write: with1('outputFormat', 'ION'),
    message: /Expected an export in DynamoDB JSON, got ION/,
  },
  ...[
    { filterSpecification: { FilterExpression: 'a = :b' } },
    { projectionExpression: 'id, n' },
    { keyConditionExpression: 'id = :id' },
    { filterExpression: 'n > :n' },
  ].map((summary) => ({
    name: `an export with ${Object.keys(summary)[0]}`,
    write: { summary },
    message: new RegExp(
      `Expected an export of all changes, got one with ${Object.keys(summary)[0]}`,
    ),
  })),
  {
    name: 'an export of another table',
    write: { tableId: 'another' },
    code: 'TABLE_CHANGED',
    message: /to have the exported table's id another, got 12345a12/,
    hint: /If it is that table, restored, say so: `sameTableAs arn:aws:dynamodb:us-east-1:111122223333:table\/Orders`/,
  },
  {
    name: 'sameTableAs with another ARN',
    options: { sameTableAs: 'arn:aws:dynamodb:us-east-1:111122223333:table/Others' },
    message: /to be the ARN of the exported table, .*Orders, got .*Others/,
  },
  {
    name: 'a folder without a manifest',
    damage: ({ folder }) => rm(join(folder, 'manifest-summary.json')),
    message: /Cannot read .*manifest-summary.json: ENOENT/,
  },
  {
    name: 'a manifest without its files',
    damage: ({ folder }) => rm(join(folder, 'manifest-files.json')),
    message: /Cannot read .*manifest-files.json: ENOENT/,
  },
  {
    name: 'a missing data file',
    damage: ({ data: [file = ''] }) => rm(file),
    message: /Cannot find the data file backups\/AWSDynamoDB\/data\/part-0.json.gz at/,
  },
  {
    name: 'a flipped byte in a data file',
    async damage({ data: [file = ''] }) {
      const bytes = await readFile(file)
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
      await writeFile(file, bytes)
    },
    message: /part-0.json.gz to have the checksum that the manifest names/,
  },
  ...(['checksum', 'md5'] as const).map((checksums) => ({
    name: `a changed summary beside its .${checksums}`,
    write: { checksums },
    damage: ({ folder }: WrittenExport) =>
      rewrite(join(folder, 'manifest-summary.json'), (text) => text.replace('09:00', '09:01')),
    message: /manifest-summary.json to have the checksum that stands beside it/,
  })),
  {
    name: 'a summary with another count',
    write: { ...with1('itemCount', 5) },
    message: /to have the 5 items of the summary, got 4/,
  },
  {
    name: 'a data file with another count than the manifest',
    async damage({ folder }) {
      await rewrite(join(folder, 'manifest-files.json'), (text) => {
        const lines = text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
        lines[0].itemCount--
        lines[1].itemCount++
        return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
      })
      await rm(join(folder, 'manifest-files.checksum'))
    },
    message: /part-0.json.gz to have the 1 items that the manifest names, got 2/,
  },
  ...['exportArn', 'tableArn', 'exportFromTime', 'exportToTime'].map((field) => ({
    name: `a summary without ${field}`,
    write: without(field),
    message: new RegExp(`manifest-summary.json to have \`${field}\``),
  })),
  {
    name: 'a summary that is no JSON',
    write: { checksums: 'none' },
    damage: ({ folder }) => rewrite(join(folder, 'manifest-summary.json'), (text) => text.slice(9)),
    message: /manifest-summary.json to be an object of JSON/,
  },
  {
    name: 'a torn line',
    damage: withLine((line) => line.slice(0, -9)),
    message: /Expected line 1 of .*part-0.json.gz to be a change of an incremental export/,
  },
  {
    name: 'an item of a full export',
    damage: withLine(() => '{"Item":{"id":{"S":"item-1"}}}'),
    message: /Expected line 1 of .*part-0.json.gz to be a change of an incremental export/,
  },
  {
    name: 'images under another key',
    damage: withLine((line) => line.replace('item-1', 'item-9')),
    message: /Expected line 1 of .*part-0.json.gz to be a change of an incremental export/,
  },
  {
    name: 'keys of another schema',
    damage: withLine(
      () =>
        '{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"id":{"S":"a"},"at":{"N":"1"}}}',
    ),
    message: /to have the keys of the table; line 1 of .*part-0.json.gz has others/,
  },
  {
    name: 'a time that is none',
    damage: withLine((line) => line.replace(/"N":"\d+"/, '"N":"soon"')),
    message: /Expected line 1 of .*part-0.json.gz to be a change of an incremental export/,
  },
  ...[
    ['a member that is no value', '"note":"a-value-that-nobody-may-see"'],
    ['a list in a list', '"note":{"L":["a-value-that-nobody-may-see"]}'],
    ['a null', '"note":null'],
    ['a number', '"note":5'],
    ['a number that is text', '"note":{"N":"a-value-that-nobody-may-see"}'],
    ['two types', '"note":{"S":"a","N":"1"}'],
    ['no type', '"note":{}'],
    ['an unknown type', '"note":{"ZZ":"a-value-that-nobody-may-see"}'],
    ['a set that is none', '"note":{"SS":"a-value-that-nobody-may-see"}'],
    ['an empty set', '"note":{"NS":[]}'],
    ['bytes that are none', '"note":{"B":"?"}'],
    ['a boolean that is text', '"note":{"BOOL":"true"}'],
    ['a null that is none', '"note":{"NULL":false}'],
    ['a map of nothing', '"note":{"M":null}'],
    ['40 levels', `"note":${'{"L":['.repeat(40)}{"S":"a"}${']}'.repeat(40)}`],
  ].map(([what, member]) => ({
    name: `an image with ${what}`,
    damage: withLine((line) =>
      line.replace('"note":{"S":"a-value-that-nobody-may-see"}', member as string),
    ),
    message: /Expected line 1 of .*part-0.json.gz to be a change of an incremental export/,
  })),
  ...['{"S":""}', '{"S":5}', '{"N":"1"}', '{"S":"a","N":"1"}', '"a-value-that-nobody-may-see"'].map(
    (key) => ({
      name: `a key that is ${key}`,
      damage: withLine((line) => line.replace(/"Keys":\{"id":.*?\}\}/, `"Keys":{"id":${key}}`)),
      message: /Expected (line 1|the changes) of .*/,
    }),
  ),
  {
    name: 'a blank line',
    damage: withLine(() => ''),
    message: /Expected line 1 of .*part-0.json.gz to be a change of an incremental export/,
  },
  {
    name: 'bytes behind the end of a compressed file',
    damage: async ({ folder, data: [file = ''] }) =>
      replaced(folder, file, Buffer.concat([await readFile(file), Buffer.from('more')])),
    message: /Expected .*part-0.json.gz to be a whole compressed file/,
  },
  {
    name: 'a compressed file without its end',
    damage: async ({ folder, data: [file = ''] }) =>
      replaced(folder, file, (await readFile(file)).subarray(0, -8)),
    message: /Expected .*part-0.json.gz to be a whole compressed file/,
  },
  {
    name: 'a file that is not compressed',
    damage: async ({ folder, data: [file = ''] }) =>
      replaced(folder, file, gunzipSync(await readFile(file))),
    message: /Expected .*part-0.json.gz to be a whole compressed file/,
  },
  {
    name: 'a data file named twice',
    async damage({ folder }) {
      await rewrite(join(folder, 'manifest-files.json'), (text) => text.replace('part-1', 'part-0'))
      await rm(join(folder, 'manifest-files.checksum'))
    },
    message: /line 2 of .*manifest-files.json to name another file/,
  },
  {
    name: 'a filter inside of something else',
    write: { summary: { incrementalExportSpecification: { filterExpression: 'a = b' } } },
    message: /got one with filterExpression/,
  },
  {
    name: 'a summary whose count is text',
    write: { summary: { itemCount: '4' } },
    message: /to have `itemCount`/,
  },
  {
    name: 'a checksum that cannot be read',
    write: { checksums: 'none' },
    async damage({ folder }) {
      await mkdir(join(folder, 'manifest-files.checksum'))
    },
    message: /Cannot read .*manifest-files.checksum/,
  },
  {
    name: 'standard output',
    options: { journal: '-' },
    message: /Expected `journal` to be a file/,
  },
  {
    name: 'neither all nor hooks',
    options: { all: false },
    message: /Expected `all` or `hooks`, got neither/,
  },
  {
    name: 'all and hooks',
    options: { hooks: '/hooks.mjs' },
    message: /Expected `all` or `hooks`, got both/,
  },
  {
    name: 'no journal',
    options: { journal: '' },
    message: /Expected `journal` to be a file, got ""/,
  },
  {
    name: 'two replicas',
    options: { replicas: ['us-east-1:a', 'us-east-1:b'] },
    message: /Expected one `replicas`, got 2/,
  },
  {
    name: 'an option of a comparison',
    options: { segments: 3 } as never,
    message: /Expected an option that `tablesync revert` takes, got `segments`/,
  },
]

t.test('each is refused by name, and the tables and the disk stay as they were', async (t) => {
  const stub = await startStub()
  t.teardown(() => stub.close())
  stub.table(
    'Orders',
    CHANGES.map(({ after }) => after as never),
  ).described = { TableId: ID }
  const replica = {
    table: 'us-east-1:Orders',
    endpoint: stub.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }
  for (const { name, write, damage, options, code = 'USAGE', message, hint } of CASES) {
    await t.test(name, async (t: Test) => {
      const written = await writeExport(t, { tableId: ID, changes: CHANGES, ...write })
      await damage?.(written)
      const journal = join(await tempFolder(t), 'journal.ndjson')
      const given = { export: written.folder, replicas: [replica], journal, all: true, workers: 1 }
      const error = await revertSync({ ...given, ...options } as RevertOptions).then(
        () => t.fail('it was taken'),
        (thrown: Error) => thrown,
      )
      t.match(error, { code, message, ...(hint !== undefined && { hint }) })
      t.notMatch(JSON.stringify([error, String(error)]), SECRET)
      await t.rejects(stat(journal), { code: 'ENOENT' }, 'no journal is left')
    })
  }
  t.notOk(stub.requests.some(({ operation }) => /Put|Update|Delete|Write/.test(operation)))
})

t.test('a restored table is taken where its ARN says so', async (t) => {
  const stub = await startStub()
  t.teardown(() => stub.close())
  stub.table('Restored', []).described = { TableId: 'another' }
  const { folder } = await writeExport(t, { tableId: ID, changes: CHANGES, checksums: 'none' })
  const replica = {
    table: 'us-east-1:Restored',
    endpoint: stub.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }
  const journal = join(await tempFolder(t), 'journal.ndjson')
  const made = await revertSync({
    export: folder,
    replicas: [replica],
    journal,
    all: true,
    sameTableAs: TABLE_ARN,
    workers: 1,
  })
  t.match(made, { outcome: 'complete', selected: 4 })
})
