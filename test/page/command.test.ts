/** `--html` of a run, of its repairs and of `show`: the file, and what it says. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunOptions } from 'tablesync'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { makeScene } from '../support/command/scene.ts'
import { item, openScene } from '../support/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Test, t } from '../support/tap.ts'
import { fewOf } from '../support/thorough.ts'

/** The text between the tags. */
const textOf = (page: string) => page.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ')

const stripOf = (page: string) => /<section aria-labelledby="where">.*?<\/section>/s.exec(page)?.[0]

async function openEngine(t: Test) {
  const engine = await startDynalite()
  t.teardown(() => engine.stop())
  const folder = await tempFolder(t)
  return { ...(await makeScene(engine.endpoint)), folder, at: (name: string) => join(folder, name) }
}

t.test('a run writes a page, and so do the files that it leaves', async (t) => {
  const { args, at, folder, master, replica } = await openEngine(t)
  const [html, report, plan] = [at('page.html'), at('report.ndjson'), at('plan.ndjson')]
  const ran = await runCli([
    ...args,
    ...['--segments', '4', '--html', html, '--report', report, '--plan', plan],
    ...['--write-missing', '--write-differing', '--delete-extra', '--max-deletes', '50%'],
    ...['--ignore', 'stamp'],
  ])
  t.equal(ran.code, 1, ran.stderr)
  t.equal((await stat(html)).mode & 0o777, 0o600)
  const page = await readFile(html, 'utf8')
  const text = textOf(page)
  for (const told of [
    /Different: 13 of 28 items\./,
    master.label,
    replica.label,
    /15\D+the same|the same\s+15/,
    /colour\s+2/,
    /\+ missing\s+\{&quot;id&quot;:&quot;item-17&quot;\}/,
    /− extra\s+\{&quot;id&quot;:&quot;extra-0&quot;\}/,
    /one of 4 segments/,
    /--ignore stamp/,
    /--delete-extra\s+yes/,
  ]) {
    t.match(text, told)
  }
  t.notMatch(text, /of-replica|green/)
  t.ok(stripOf(page)?.includes('one of 4 segments'))
  t.same((await readdir(folder)).sort(), ['page.html', 'plan.ndjson', 'report.ndjson'])

  for (const [file, told] of [
    [report, /Report .*report\.ndjson.*Different: 13 of 28 items\./s],
    [plan, /Plan .*plan\.ndjson.*Repairs planned: 13\./s],
  ] as const) {
    const out = at(`of-${file.endsWith('plan.ndjson') ? 'plan' : 'report'}.html`)
    const shown = await runCli(['show', file, '--html', out])
    t.equal(shown.code, 0, shown.stderr)
    t.match(shown.stdout, `page        ${out}`)
    t.equal((await stat(out)).mode & 0o777, 0o600)
    const shownText = textOf(await readFile(out, 'utf8'))
    t.match(shownText, told)
    t.match(shownText, /colour\s+2/)
    t.match(shownText, /item-17/)
    t.notMatch(shownText, /How it went/)
    // A report knows of its run where it has found what.
    t.equal(stripOf(await readFile(out, 'utf8')), file === report ? stripOf(page) : undefined)
  }
  const picked = await runCli(['show', report, '--html', html, '--kind', 'extra', '--json'])
  t.equal(JSON.parse(picked.stdout).items.length, 8)
  t.match(textOf(await readFile(html, 'utf8')), /Differences listed: 8 of 13\./)
  t.equal(stripOf(await readFile(html, 'utf8')), undefined, 'a strip of all would be wrong')

  const journal = at('undo.ndjson')
  for (const [command, told] of fewOf([
    [
      ['apply', plan, '--journal', journal, '--yes'],
      /^\s*.*Repair by a plan\s+Repaired: 5 written, 8 deleted\. Nothing of the plan is left\..*master/s,
    ],
    [
      ['undo', journal, '--yes'],
      /Undo\s+Undone: 10 written, 3 deleted\. Nothing of the journal is left\.\s+replica/,
    ],
  ] as const)) {
    const done = await runCli([...command, '--html', html, '--endpoint', master.endpoint])
    t.equal(done.code, 0, done.stderr)
    t.match(textOf(await readFile(html, 'utf8')), told)
  }
})

t.test('values are on the page only if they were asked for', async (t) => {
  const { args, at } = await openEngine(t)
  await runCli([...args, '--html', at('without.html')])
  t.notMatch(await readFile(at('without.html'), 'utf8'), /of-replica|&quot;blue/)
  await runCli([...args, '--html', at('with.html'), '--report', at('r.ndjson'), '--show-values'])
  t.match(await readFile(at('with.html'), 'utf8'), /&quot;blue&quot; {2}→ {2}&quot;red&quot;/)
  await runCli(['show', at('r.ndjson'), '--html', at('shown.html')])
  t.match(await readFile(at('shown.html'), 'utf8'), /&quot;blue&quot; {2}→ {2}&quot;red&quot;/)
})

t.test('a page that cannot be written is refused at the start', async (t) => {
  const { args, at } = await openEngine(t)
  await runCli([...args, '--report', at('report.ndjson')])
  await mkdir(at('folder'))
  await writeFile(at('old.html'), 'old')
  for (const [flags, told] of [
    [['--html', at('none/page.html')], /Cannot write the page .*ENOENT/],
    [['--html', at('folder')], /to be a file, got a folder/],
    [['--html', at('report.ndjson')], /is a report of tablesync/],
    [['--html', at('x'), '--report', at('x')], /`--report` and `--html` to be different files/],
  ] as const) {
    for (const command of [args, ['show', at('report.ndjson')]]) {
      if (command[0] === 'show' && flags.length > 2) continue
      const { code, stderr } = await runCli([...command, ...flags])
      t.equal(code, 2, stderr)
      if (command[0] !== 'show' || flags[1] !== at('report.ndjson')) t.match(stderr, told)
    }
  }
  const both = await runCli([
    ...['show', at('report.ndjson'), '--since', at('report.ndjson'), '--html', at('y.html')],
  ])
  t.equal(both.code, 2)
  t.match(both.stderr, /`--html` without `--since`, got both/)
})

t.test('a page that cannot be written at the end does not lose the run', async (t) => {
  const folder = join(await tempFolder(t), 'gone')
  await mkdir(folder)
  const scene = await openScene(t, { masterItems: [item(1), item(2)], replicaItems: [item(1)] })
  const html = join(folder, 'page.html')
  const onProgress: RunOptions['onProgress'] = (event) => {
    if (event.type === 'segment-finished') void mkdir(html).catch(() => {})
  }
  const { summary } = await scene.run({ html, onProgress })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [
    { code: 'FILE_UNWRITABLE', message: /^Cannot write the page/, count: 1 },
  ])
  t.equal(Object.values(summary.replicas)[0]?.missing, 1)
  t.same(await readdir(folder), ['page.html'], 'nothing half-written is left')
})

t.test('a resumed run says which runs its page covers', async (t) => {
  const folder = await tempFolder(t)
  const at = (name: string) => join(folder, name)
  const scene = await openScene(t)
  const ending = new AbortController()
  await scene.run({
    ...{ checkpoint: at('c'), segments: 4, parallel: 1, signal: ending.signal },
    onProgress: (event) => {
      if (event.type === 'segment-finished') ending.abort()
    },
  })
  await scene.run({ checkpoint: at('c'), resume: true, segments: 4, html: at('resumed.html') })
  t.match(
    textOf(await readFile(at('resumed.html'), 'utf8')),
    /This run went on with an earlier one/,
  )
})
