/** Faults that pairs could have together: files, totals, tables, listeners, and input of all sorts. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PairsOptions, runPairs } from 'tablesync'
import { matching } from '../../lib/pairs/table-pattern.ts'
import { runCli, startCli } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'
import { fewOf } from '../support/thorough.ts'
import { ALL, ITEMS, item, openPairs, outcomes, summaryOf } from './scene-of-pairs.ts'

t.test('no file serves two purposes', async (t) => {
  const { config, folder, table, gate } = await openPairs(t, ['aaa', 'bbb'])
  await table('aaa-copy').remove([item('item-1')])
  for (const one of ['undo', 'st']) await mkdir(join(folder, one))
  const own = (name: string, more: string) =>
    `  - { master: us-east-1:${name}-prod, replica: us-east-1:${name}-copy, name: ${name}, ${more} }\n`
  const writes = 'writeMissing: true\n'
  for (const [name, lines, args] of fewOf([
    [
      'a page over a journal',
      `${writes}html: undo/aaa.ndjson\njournal: 'undo/{pair}.ndjson'\n${ALL}`,
      [],
    ],
    ['a page over the options', ALL, ['--html', 'tables.yaml']],
    ['a log over a report', `report: 'r-{pair}.nd'\n${ALL}`, ['--log-file', 'r-aaa.nd']],
    [
      'a journal and a page',
      `${writes}pairs:\n${own('aaa', 'journal: j.nd')}${own('bbb', 'html: j.nd')}`,
      [],
    ],
    [
      'checkpoints beside each other',
      `pairs:\n${own('a.next', 'checkpoint: st/a.next').replaceAll('a.next-', 'aaa-')}${own('a', 'checkpoint: st/a').replaceAll(':a-', ':bbb-')}`,
      [],
    ],
    ['a page without a folder', `html: nowhere/x.html\n${ALL}`, []],
    ['a page named -', ALL, ['--html', '-']],
  ] as const)) {
    await t.test(name, async (t) => {
      const file = await config(lines)
      const before = gate.passed.length
      const there = args.map((one) => (/\.(yaml|nd)$/.test(one) ? join(folder, one) : one))
      const { code, stderr } = await runCli(['--config', file, '--yes', ...there])
      t.equal(code, 2, stderr)
      const asked = new Set(gate.passed.slice(before).map(({ operation }) => operation))
      asked.delete('ListTables')
      t.equal(asked.size, 0)
    })
  }
  const file = await config('master: us-east-1:aaa-prod\nreplicas: [us-east-1:aaa-copy]')
  const text = await readFile(file, 'utf8')
  t.equal((await runCli(['--config', file, '--report', file])).code, 2)
  t.equal(await readFile(file, 'utf8'), text)
})

t.test('totals hold over a resume, whatever comes first', async (t) => {
  const { gate, table, folder, config } = await openPairs(t, ['aaa', 'bbb'])
  const some = (number: number) => ITEMS.slice(0, number)
  await table('aaa-copy').remove(some(9))
  await table('bbb-copy').remove(some(8))
  await mkdir(join(folder, 'st'))
  const file = await config(
    `limits: { maxWrites: 10 }\nwriteMissing: true\ncheckpoint: 'st/{pair}'\n${ALL}`,
  )
  gate.judge = (passing) => (passing.table === 'aaa-copy' ? 'AccessDeniedException' : undefined)
  t.match(outcomes(await summaryOf(t, ['--config', file], 3)), { aaa: 'refused', bbb: 'in-sync' })
  gate.judge = () => undefined
  const summary = await summaryOf(t, ['--config', file, '--resume'], 4)
  t.match(summary.stopped, { safeguard: 'max-writes' })
  const puts = gate.passed.filter(({ operation }) => operation === 'PutItem')
  t.equal(puts.length, 10)
})

t.test('deletions that are not made are given back', async (t) => {
  const { gate, table, config } = await openPairs(t, ['aaa', 'bbb'])
  const extras = Array.from({ length: 6 }, (_, at) => item(`extra-${at}`))
  for (const name of ['aaa', 'bbb']) await table(`${name}-copy`).put(extras)
  await table('aaa-copy').remove([item('item-3')])
  // A put that fails has the deletions of its replica withheld.
  gate.judge = (passing) =>
    passing.operation === 'PutItem' && passing.table === 'aaa-copy'
      ? 'ValidationException'
      : undefined
  const file = await config(
    `limits: { maxDeletes: 10 }\nwriteMissing: true\ndeleteExtra: true\n${ALL}`,
  )
  const summary = await summaryOf(t, ['--config', file, '--yes'], 3)
  t.match(outcomes(summary), { aaa: 'incomplete', bbb: 'in-sync' })
})

t.test('tables and endpoints that were typed', async (t) => {
  const { gate, config } = await openPairs(t, ['aaa'])
  const file = await config(ALL)
  for (const [args, env] of [
    [['-m', 'us-east-1:other', '-r', 'us-east-1:another'], {}],
    [[], { TABLESYNC_MASTER: 'us-east-1:other' }],
  ] as const) {
    const { code, stderr } = await runCli(['--config', file, ...args], env)
    t.equal(code, 2)
    t.match(stderr, /Expected pairs without `.*`, got both/)
  }
  const away = await config(
    "pairs: [{ master: { table: 'us-east-1:aaa-prod', endpoint: 'http://127.0.0.1:1' }, replica: us-east-1:aaa-copy }]",
  )
  const reached = await runCli(['--config', away, '--endpoint', gate.endpoint])
  t.equal(reached.code, 0, 'an endpoint that was typed wins over that of a table')
  for (const replica of [
    'us-east-1:aaa-copy',
    'arn:aws:dynamodb:us-east-1:000000000000:table/aaa-copy',
  ]) {
    const twice = await config(
      `pairs:\n  - { name: x, master: us-east-1:aaa-prod, replica: us-east-1:aaa-copy }\n  - { name: y, master: us-east-1:zzz-prod, replica: '${replica}' }`,
    )
    t.match((await runCli(['--config', twice])).stderr, /each replica in one pair/, replica)
  }
})

t.test('a limit of capacity of a pair is its own', async (t) => {
  const { config } = await openPairs(t, ['aaa', 'bbb'])
  const file = await config(`readCapacity: 1000\n${ALL.replace(' }', ', readCapacity: 500 }')}`)
  const { stderr } = await runCli(['--config', file, '--log-format', 'json'])
  const paces = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .flatMap((event) => (event.type === 'pace' ? event.paces : []))
    .filter(({ kind }) => kind === 'read')
  t.ok(paces.length > 0)
  for (const { unitsPerSecond } of paces) t.equal(unitsPerSecond, 500)
})

t.test('files of one name in a folder, and what checkpoints keep there', async (t) => {
  const { table, folder, config } = await openPairs(t, ['aaa', 'bbb'])
  await mkdir(join(folder, 'un'))
  for (const [name, journal] of [
    ['aaa', 'x.ndjson'],
    ['bbb', 'x.ndjson.gz'],
  ] as const) {
    await table(`${name}-copy`).remove([item('item-1')])
    const file = await config(
      `writeMissing: true\njournal: un/${journal}\nmaster: us-east-1:${name}-prod\nreplicas: [us-east-1:${name}-copy]`,
    )
    t.equal((await runCli(['--config', file])).code, 0)
  }
  for (const beside of ['cp.extras.1', 'cp.writes.2', 'cp.lock', 'cp.lock.1a2b', 'cp.next']) {
    await writeFile(join(folder, 'un', beside), 'half a line')
  }
  await table('aaa-copy').put([item('item-1', { changed: { S: 'since' } })])
  const undone = await summaryOf(t, ['undo', join(folder, 'un'), '--yes'], 1)
  t.strictSame(outcomes(undone), { 'x.ndjson': 'different', 'x.ndjson.gz': 'in-sync' })
})

t.test('options of all sorts are refused, and nothing is asked', async (t) => {
  const { config, gate } = await openPairs(t, ['aaa'])
  for (const text of fewOf([
    'master: *nope',
    'ignore: &p [*p]',
    'a: &a [1,1]\nb: &b [*a,*a]\nquiet: *b',
    "pairs: [{ master: 'us-east-1:aaa-prod', replicas: 5 }]",
    "pairs: [{ name: '..', master: 'us-east-1:aaa-prod', replica: 'us-east-1:aaa-copy' }]",
    `keys: '-'\n${ALL}`,
    "report: '-'\nmaster: us-east-1:aaa-prod\nreplicas: [us-east-1:aaa-copy]",
    'pairsAtOnce: 2\nmaster: us-east-1:aaa-prod\nreplicas: [us-east-1:aaa-copy]',
    '__proto__: { quiet: true }',
    'mfaToken: *hunter2',
  ])) {
    const file = await config(text)
    const { code, stderr } = await runCli(['--config', file, '--json'])
    t.equal(code, 2, `${text}\n${stderr}`)
    t.notMatch(stderr, /hunter2|INTERNAL|at \//, text)
  }
  const reach = { endpoint: gate.endpoint, pairs: [{ master: 'us-east-1:a*', replica: 'x' }] }
  for (const bad of [
    undefined,
    null,
    5,
    { ...reach, signal: 5 },
    { ...reach, maxDuration: 5 },
    { ...reach, html: 5 },
    { ...reach, master: 'us-east-1:A' },
    Object.create(reach),
  ]) {
    await t.rejects(runPairs(bad as unknown as PairsOptions), { code: 'USAGE' }, String(bad))
  }
  for (const bad of [{ onProgress: 5 }, { signal: {} }, { onDifference: 'x' }, { confirm: 1 }]) {
    await t.rejects(runPairs(reach, bad as never), { code: 'USAGE' }, JSON.stringify(bad))
  }
  t.strictSame(gate.passed, [])
})

t.test('a listener that throws ends all, and is what the program hears', async (t) => {
  const { gate, table } = await openPairs(t, ['aaa', 'bbb'])
  await table('aaa-copy').remove([item('item-1')])
  const options = {
    ...{ endpoint: gate.endpoint, minMismatchAge: 0, workers: 1, writeMissing: true },
    pairs: [{ master: 'us-east-1:*-prod', replica: 'us-east-1:*-copy' }],
  }
  for (const [name, listeners] of Object.entries({
    progress: { onProgress: ({ type }: { type: string }) => fail(type === 'pair-ended') },
    rejecting: { onProgress: async ({ type }: { type: string }) => fail(type === 'pair-event') },
    difference: { onDifference: () => fail(true) },
  })) {
    await table('aaa-copy').remove([item('item-1')])
    const before = gate.passed.length
    await t.rejects(runPairs(options, listeners), { message: 'mine' }, name)
    const asked = gate.passed.slice(before).map((passing) => passing.table)
    t.notOk(asked.includes('bbb-copy'), `${name}: no other pair begins`)
  }
  function fail(isTime: boolean) {
    if (isTime) throw new Error('mine')
  }
})

t.test('Ctrl-C while tables are listed', async (t) => {
  const { config, gate } = await openPairs(t, ['aaa'])
  const file = await config(ALL)
  const asked = new Promise<void>((resolve) => {
    gate.judge = ({ operation }) => {
      if (operation !== 'ListTables') return undefined
      resolve()
      return new Promise(() => {})
    }
  })
  const running = startCli(['--config', file])
  await asked
  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  t.equal(code, 130, stderr)
  t.notMatch(stderr, /INTERNAL|AbortError/)
})

t.test('a pattern of many * takes no time', async (t) => {
  const names = Array.from({ length: 2500 }, () => 'a'.repeat(255))
  t.strictSame(matching('*a*a*a*a*a*a*a*a*b', names), [])
  t.equal(matching('*a*a*a*', ['xaxaxax'])[0]?.captured.join('|'), 'x|x|x|x')
})
