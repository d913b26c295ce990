/** `tablesync show`: what it prints of reports, plans and journals, of this release and of older ones. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { WireItem } from 'tablesync'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, item, openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { fewOf } from '../support/thorough.ts'

const KEPT = fileURLToPath(new URL('../../../test/golden/kept/', import.meta.url))

const nested = (index: number, geo: number, roles: string[]): WireItem =>
  item(index, {
    address: { M: { geo: { L: [{ N: '1' }, { N: String(geo) }] }, town: { S: 'secret-town' } } },
    roles: { SS: roles },
  })

async function madeFiles(t: Test) {
  const folder = await tempFolder(t)
  const scene = await openScene(t, {
    masterItems: [nested(1, 2, ['a', 'b']), nested(2, 5, ['a']), item(3), item(5)],
    replicaItems: [nested(1, 3, ['b', 'c', 'd']), nested(2, 6, ['a']), item(4), item(5)],
  })
  const at = (name: string) => join(folder, name)
  const [report, plan, journal] = [at('report.ndjson'), at('plan.ndjson'), at('journal.ndjson')]
  await scene.run({ report })
  await scene.run({ plan, ...ALL_WRITES })
  await scene.run({ journal, ...ALL_WRITES })
  return { folder, at, report, plan, journal }
}

t.test('show prints a report, a plan and a journal', async (t) => {
  const { report, plan, journal } = await madeFiles(t)
  for (const [file, told] of [
    [
      report,
      [
        /^Report of run \w{8}, \d{4}-\d\d-\d\d \d\d:\d\d UTC {3}us-east-1:Master → us-east-1:Replica$/m,
        /^missing 1 {3}differing 2 {3}extra 1 {3}\d+ bytes, 4 write units \(indexes on top\)$/m,
        /^attributes {2}address\.geo 2 · roles 1$/m,
        /^ended {7}different$/m,
        /^\+ missing {4}\{"id":"item-3"\}$/m,
        /^~ differing {2}\{"id":"item-1"\} {3}address\.geo\[1\], roles \(1 added, 2 removed\)$/m,
        /^- extra {6}\{"id":"item-4"\}$/m,
      ],
    ],
    [
      plan,
      [
        /^Plan of run .*us-east-1:Master → us-east-1:Replica$/m,
        /^will put 1 {3}update 2 {3}delete 1 {3}\d+ bytes, 4 write units/m,
        /^~ differing {2}\{"id":"item-2"\} {3}address\.geo\[1\]$/m,
        /^Apply it with: tablesync apply .*plan\.ndjson --journal undo\.ndjson$/m,
      ],
    ],
    [
      journal,
      [
        /^Journal of run /m,
        /^wrote: put 1 {3}updated 2 {3}deleted 1$/m,
        /^~ differing {2}\{"id":"item-1"\}: written$/m,
        /^- extra {6}\{"id":"item-4"\}: deleted$/m,
        /^Undo it with: tablesync undo /m,
      ],
    ],
  ] as const) {
    const { code, stdout, stderr } = await runCli(['show', file])
    t.equal(code, 0, stderr)
    for (const line of told) t.match(stdout, line)
    t.notMatch(stdout, /secret-town/)
  }
})

t.test('show picks lines by kind, attribute and key', async (t) => {
  const { report } = await madeFiles(t)
  for (const [flags, expected] of fewOf([
    [['--kind', 'missing'], ['3']],
    [
      ['--kind', 'missing,extra'],
      ['3', '4'],
    ],
    [
      ['--kind', 'missing', '--kind', 'differing'],
      ['1', '2', '3'],
    ],
    [
      ['--attribute', 'address'],
      ['1', '2'],
    ],
    [
      ['--attribute', 'address.geo[1].deeper'],
      ['1', '2'],
    ],
    [['--attribute', 'address.geo[0]'], []],
    [['--attribute', 'roles'], ['1']],
    [['--attribute', 'role'], []],
    [['--key', '{"id":"item-2"}'], ['2']],
    [
      ['--key', '{"id":{"S":"item-2"}}', '--key', '{"id":"item-3"}'],
      ['2', '3'],
    ],
    [['--kind', 'extra', '--key', '{"id":"item-2"}'], []],
  ] as const)) {
    const { stdout, stderr } = await runCli(['show', report, '--json', ...flags])
    const { items, totals } = JSON.parse(stdout || `{"items":"${stderr}"}`)
    const ids = items.map(({ key }: { key: { id: { S: string } } }) => key.id.S.slice(5))
    t.strictSame(ids.sort(), expected, flags.join(' '))
    t.equal(totals.missing + totals.differing + totals.extra, expected.length)
  }
})

t.test('show refuses what it cannot show', async (t) => {
  const { report, at } = await madeFiles(t)
  const text = await readFile(report, 'utf8')
  await writeFile(at('changed.ndjson'), text.replace('item-3', 'item-9'))
  await writeFile(at('other.ndjson'), '{"id":"a"}\n')
  for (const [args, told] of fewOf([
    [[], /followed by the file, got nothing.*tablesync show report\.ndjson/s],
    [[at('none.ndjson')], /Cannot read .*ENOENT/],
    [[at('other.ndjson')], /to be a report, a plan or a journal of version 1 or 2/],
    [[at('changed.ndjson')], /line \d of .*changed\.ndjson to be whole/],
    [[report, '--kind', 'wrong'], /`--kind` to be one of missing, differing, extra, got "wrong"/],
    [
      [report, '--attribute', 'a b'],
      /`--attribute` to be an attribute or a place inside one, got "a b"/,
    ],
    [[report, '--key', '{"no":"key"}'], /`--key` to have exactly id \(S\)/],
    [
      [report, '--verbose'],
      /an option that `tablesync show` takes, got `--verbose`|`tablesync show` only reads a file/,
    ],
    [[report, '--master', 'us-east-1:A'], /`tablesync show` takes, got `--master`/],
  ] as const)) {
    const { code, stdout, stderr } = await runCli(['show', ...args])
    t.equal(code, 2, stderr)
    t.equal(stdout, '')
    t.match(stderr, told)
  }
})

t.test('show reads compressed files, torn files, and files of older releases', async (t) => {
  const { report, at } = await madeFiles(t)
  const text = await readFile(report)
  await writeFile(at('report.ndjson.gz'), gzipSync(text))
  const zipped = await runCli(['show', at('report.ndjson.gz')])
  t.match(zipped.stdout, /^missing 1 {3}differing 2/m)
  const lines = text.toString().trimEnd().split('\n')
  await writeFile(
    at('torn.ndjson'),
    `${lines.slice(0, -2).join('\n')}\n${lines.at(-2)?.slice(0, 30)}`,
  )
  const torn = await runCli(['show', at('torn.ndjson')])
  t.match(
    torn.stdout,
    /^The run that wrote it did not finish it: lines may be missing\. Its last line is torn\.$/m,
  )
  for (const [file, told] of [
    ['plan/plan.ndjson', /^will put \d+ {3}update \d+ {3}delete \d+$/m],
    ['journal/undo.ndjson', /^wrote: put/m],
    ['compressed-journal/undo.ndjson.gz', /^wrote: put/m],
    ['journal/report.ndjson', /^missing \d+ {3}differing \d+ {3}extra \d+$/m],
    ['checkpoint/report.ndjson', /^ended {7}interrupted$/m],
  ] as const) {
    const { code, stdout, stderr } = await runCli(['show', join(KEPT, file)])
    t.equal(code, 0, stderr)
    t.match(stdout, told, file)
  }
})
