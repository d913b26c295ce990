/** Many pairs of tables in one run: what becomes of each, killed and taken up again, and their limits. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { type PairsEvent, runPairs } from 'tablesync'
import { runCli, startCli } from '../support/command/run-cli.ts'
import { clientOf, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { ALL, ITEMS, item, openPairs, outcomes, summaryOf } from './scene-of-pairs.ts'

t.test('twelve pairs by a pattern, out of 130 tables', async (t) => {
  const names = Array.from({ length: 12 }, (_, at) => `orders${at}`)
  const { gate, table, config } = await openPairs(t, names)
  const { endpoint } = gate
  for (let at = 0; at < 130 - 24; at++) await makeTable(endpoint, { name: `other-${at}` })
  await table('orders3-copy').remove([item('item-7')])
  gate.judge = (passing) => (passing.table === 'orders5-copy' ? 'AccessDeniedException' : undefined)
  const orders = ALL.replace('*-prod', 'orders*-prod').replace('*-copy', 'orders*-copy')
  const file = await config(
    `${orders}\n  - { master: 'us-east-1:other-1', replica: 'us-east-1:nowhere' }`,
  )
  const before = gate.passed.length
  const result = await runCli(['--config', file])
  const lists = gate.passed.slice(before).filter(({ operation }) => operation === 'ListTables')
  t.equal(lists.length, 2, 'ListTables is read to its last page')
  t.equal(result.code, 3, result.stderr)
  t.match(result.stderr, /^10 of 13 pairs in sync, 1 different, 2 refused\.$/m)
  t.match(result.stderr, /^3 +different +19 +1 +0 +0 +0 +0$/m)
  t.match(result.stderr, /^error {3}5: .*orders5-copy.*AccessDenied/m)
  t.match(result.stderr, /^error {3}other-1: .*nowhere.*not found/m)
  const summary = await summaryOf(t, ['--config', file], 3)
  t.equal(summary.outcome, 'incomplete')
  t.match(outcomes(summary), { 0: 'in-sync', 3: 'different', 5: 'refused', 'other-1': 'refused' })
  const error = (name: string) => summary.pairs.find((pair) => pair.name === name)?.error
  t.match([error('5')?.code, error('other-1')?.code], ['ACCESS_DENIED', 'TABLE_NOT_FOUND'])

  await t.test('if two collide, nothing is done', async (t) => {
    const before = gate.passed.length
    const colliding = await config(
      `${orders}\n  - { master: 'us-east-1:other-1', replica: 'us-east-1:orders4-copy' }`,
    )
    const { code, stderr } = await runCli(['--config', colliding, '--write-missing'])
    t.equal(code, 2)
    t.match(stderr, /each replica in one pair, got us-east-1:orders4-copy in 4 and other-1/)
    const since = gate.passed.slice(before).map(({ operation }) => operation)
    t.strictSame(new Set(since), new Set(['ListTables']))
  })
})

t.test('killed in the middle, and taken up again: nothing is done twice', async (t) => {
  const names = ['aaa', 'bbb', 'ccc', 'ddd']
  const { gate, table, folder, config } = await openPairs(t, names)
  for (const name of names) await table(`${name}-copy`).remove([item('item-1'), item('item-2')])
  await mkdir(join(folder, 'state'))
  const file = await config(`
checkpoint: state/{pair}.checkpoint
journal: state/{pair}.ndjson
report: state/{pair}.report
writeMissing: true
segments: 1
${ALL}`)
  // The third pair never gets an answer to its second write.
  let writes = 0
  const held = new Promise<void>((resolve) => {
    gate.judge = (passing) => {
      const isOfThird = passing.operation === 'PutItem' && passing.table === 'ccc-copy'
      if (!isOfThird || ++writes < 2) return undefined
      resolve()
      return new Promise(() => {})
    }
  })
  const running = startCli(['--config', file])
  await held
  running.child.kill('SIGKILL')
  await running.ended
  gate.judge = () => undefined
  const before = gate.passed.length
  const summary = await summaryOf(t, ['--config', file, '--resume'], 0)
  t.strictSame(outcomes(summary), {
    ...{ aaa: 'in-sync', bbb: 'in-sync', ccc: 'in-sync', ddd: 'in-sync' },
  })
  const since = gate.passed.slice(before)
  const asked = new Set(since.map((passing) => passing.table))
  t.notOk(asked.has('aaa-copy') || asked.has('bbb-prod'), 'pairs that had ended are not read')
  const written = since.filter(({ operation }) => operation === 'PutItem')
  t.strictSame(new Set(written.map((one) => one.table)), new Set(['ccc-copy', 'ddd-copy']))
  for (const { name, summary: one } of summary.pairs) {
    const [replica] = Object.values(one?.replicas ?? {})
    t.match(replica, { missing: 2, written: 2 }, name)
    t.equal((await table(`${name}-copy`).all()).length, ITEMS.length)
    const report = await readFile(join(folder, 'state', `${name}.report`), 'utf8')
    t.equal(report.split('"kind":"missing"').length - 1, 2, `the report of ${name}`)
  }
  const undone = await summaryOf(t, ['undo', join(folder, 'state'), '--yes'], 0)
  t.equal(undone.pairs.length, 4)
  for (const name of names) t.equal((await table(`${name}-copy`).all()).length, 18)
})

t.test('plans of a folder are applied, journals undone from the latest on', async (t) => {
  const names = ['aaa', 'bbb']
  const { table, folder, config } = await openPairs(t, names)
  for (const name of names) await table(`${name}-copy`).remove([item('item-1')])
  for (const one of ['plans', 'undo', 'empty']) await mkdir(join(folder, one))
  const file = await config(`plan: plans/{pair}.ndjson\n${ALL}`)
  await summaryOf(t, ['--config', file, '--write-missing'], 1)
  t.strictSame((await readdir(join(folder, 'plans'))).sort(), ['aaa.ndjson', 'bbb.ndjson'])
  const journal = join(folder, 'undo', '{pair}.ndjson')
  const args = ['apply', join(folder, 'plans'), '--journal', journal, '--yes']
  const applied = await summaryOf(t, [...args, '--min-mismatch-age', '0'], 0)
  t.strictSame(outcomes(applied), { aaa: 'in-sync', bbb: 'in-sync' })
  t.strictSame((await readdir(join(folder, 'undo'))).sort(), ['aaa.ndjson', 'bbb.ndjson'])
  t.equal((await table('bbb-copy').all()).length, ITEMS.length)
  const undone = await summaryOf(t, ['undo', join(folder, 'undo'), '--yes'], 0)
  t.strictSame(
    undone.pairs.map(({ name }) => name),
    ['bbb', 'aaa'],
  )
  t.equal((await table('bbb-copy').all()).length, ITEMS.length - 1)

  for (const [name, where, expected] of [
    ['a folder without one', 'empty', /to hold a plan, got no file/],
    ['a folder of another kind', 'undo', /to hold a plan, got an undo journal/],
    ['a folder with a stranger', '.', /to be a report, a plan or a journal/],
  ] as const) {
    const { code, stderr } = await runCli(['apply', join(folder, where)])
    t.equal(code, 2, name)
    t.match(stderr, expected, name)
  }
  await writeFile(join(folder, 'plans', 'ccc.ndjson'), 'not a plan\n')
  t.equal((await runCli(['apply', join(folder, 'plans')])).code, 2)
})

t.test('limits are totals of all pairs', async (t) => {
  const names = ['aaa', 'bbb', 'ccc', 'ddd']
  const { gate, table, config } = await openPairs(t, names)
  const some = (prefix: string) => [0, 1, 2, 3].map((at) => item(`${prefix}-${at}`))
  const drift = async () => {
    for (const name of names) {
      await table(`${name}-copy`).remove(some('item'))
      await table(`${name}-copy`).put(some('extra'))
    }
  }
  for (const atOnce of ['1', '4']) {
    await t.test(`writes, ${atOnce} at once`, async (t) => {
      await drift()
      const before = gate.passed.length
      const file = await config(`limits: { maxWrites: 6 }\nwriteMissing: true\n${ALL}`)
      const summary = await summaryOf(t, ['--config', file, '--pairs-at-once', atOnce], 4)
      t.match(summary.stopped, { safeguard: 'max-writes', message: /more than 6 items/ })
      const puts = gate.passed.slice(before).filter(({ operation }) => operation === 'PutItem')
      t.ok(puts.length <= 6, `${puts.length} writes`)
      if (atOnce !== '1') return
      t.equal(puts.length, 6)
      t.match(outcomes(summary), { bbb: 'stopped', ccc: 'not-begun', ddd: 'not-begun' })
    })
  }
  await t.test('deletions', async (t) => {
    await drift()
    const before = gate.passed.length
    const file = await config(`limits: { maxDeletes: 9 }\ndeleteExtra: true\n${ALL}`)
    const summary = await summaryOf(t, ['--config', file, '--yes'], 4)
    t.match(outcomes(summary), {
      ...{ aaa: 'different', bbb: 'different', ccc: 'stopped', ddd: 'not-begun' },
    })
    const deleted = gate.passed.slice(before).filter(({ operation }) => operation === 'DeleteItem')
    t.equal(deleted.length, 8)
  })
  await t.test('read units', async (t) => {
    const file = await config(`limits: { maxReadUnits: 10 }\n${ALL}`)
    const summary = await summaryOf(t, ['--config', file], 4)
    t.match(summary.stopped, { safeguard: 'max-read-units' })
    t.ok(summary.pairs.some(({ outcome }) => outcome === 'not-begun'))
  })
})

t.test('one limit of capacity is shared by the pairs under way', async (t) => {
  const { config } = await openPairs(t, ['aaa', 'bbb'])
  const file = await config(`readCapacity: 400\npairsAtOnce: 2\n${ALL}`)
  const { stderr, code } = await runCli(['--config', file, '--log-format', 'json'])
  t.equal(code, 0, stderr)
  const paces = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'pace')
    .flatMap((event) => event.paces)
  const limits = paces.filter(({ kind }) => kind === 'read').map((pace) => pace.unitsPerSecond)
  t.equal(limits.length, 4)
  // While one pair is under way it has two tables in use, and both have four.
  t.ok(
    limits.every((limit) => [100, 200].includes(limit)),
    JSON.stringify(limits),
  )
})

t.test('a program hears of each pair, and ends the run', async (t) => {
  const { gate } = await openPairs(t, ['aaa', 'bbb', 'ccc'])
  const events: PairsEvent[] = []
  const ending = new AbortController()
  const reach = { endpoint: gate.endpoint, minMismatchAge: 0, workers: 1 }
  const pairs = [{ master: 'us-east-1:*-prod', replica: 'us-east-1:*-copy' }]
  const onProgress = (event: PairsEvent) => void events.push(event)
  const whole = await runPairs({ ...reach, pairs }, { onProgress })
  t.equal(whole.outcome, 'in-sync')
  t.match(events[0], { type: 'pairs', pairs: [{ name: 'aaa-prod' }, { name: 'bbb-prod' }, {}] })
  const told = events.filter((event) => event.type === 'pair-ended')
  t.strictSame(
    told.map(({ result }) => result.name),
    ['aaa-prod', 'bbb-prod', 'ccc-prod'],
  )
  t.ok(events.some((event) => event.type === 'pair-event' && event.event.type === 'plan'))
  const cut = await runPairs(
    { ...reach, pairs },
    {
      signal: ending.signal,
      onProgress: ({ type }) => (type === 'pair-ended' ? ending.abort() : undefined),
    },
  )
  t.match(outcomes(cut), { 'aaa-prod': 'in-sync', 'bbb-prod': 'not-begun' })
  t.equal(cut.outcome, 'interrupted')
})

t.test('what people and programs see of it', async (t) => {
  const { folder, table, config } = await openPairs(t, ['aaa', 'bbb'])
  await table('bbb-copy').remove([item('item-1')])
  const file = await config(`html: all.html\n${ALL}`)
  await t.test('quiet', async (t) => {
    const { code, stderr, stdout } = await runCli(['--config', file, '--quiet'])
    t.strictSame([code, stderr, stdout], [1, '', ''])
  })
  await t.test('one page', async (t) => {
    const page = await readFile(join(folder, 'all.html'), 'utf8')
    t.match(page, /1 of 2 pairs in sync, 1 different\./)
    t.match(page, /bbb: us-east-1:bbb-copy/)
  })
  await t.test('verbose lines name their pair', async (t) => {
    const { stderr } = await runCli(['--config', file, '--verbose'])
    t.match(stderr, /^bbb: \+ missing .*item-1/m)
    t.match(stderr, /^aaa: In sync\./m)
  })
  await t.test('lines of JSON too', async (t) => {
    const { stderr } = await runCli(['--config', file, '--log-format', 'json'])
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    t.ok(lines.some(({ type, pair }) => type === 'plan' && pair === 'bbb'))
    t.match(lines.at(-1), { type: 'pairs-summary', outcome: 'different' })
  })
  await t.test('a time for all', async (t) => {
    const { code, stderr } = await runCli(['--config', file, '--max-duration', '0.001s'])
    t.equal(code, 130, stderr)
    t.match(stderr, /--max-duration of 0 s is over/)
  })
})

t.test('replicas that do not exist are made, for all pairs or for one', async (t) => {
  const { gate, config } = await openPairs(t, ['aaa'])
  await makeTable(gate.endpoint, { name: 'new-prod' })
  const made = () => gate.passed.filter(({ operation }) => operation === 'CreateTable').length
  const before = made()
  const file = await config(
    `writeMissing: true\n${ALL.replace(' }', ', createReplica: true, expectAccount: "000000000000" }')}`,
  )
  const refused = await runCli(['--config', file])
  t.equal(refused.code, 2)
  t.match(refused.stderr, /without a terminal to come with `--yes`/)
  t.equal(made(), before)
  t.match(outcomes(await summaryOf(t, ['--config', file, '--yes'], 0)), { new: 'in-sync' })
  t.equal(made(), before + 1)
  const { TableNames } = await clientOf(t, gate.endpoint).send(new ListTablesCommand({}))
  t.ok(TableNames?.includes('new-copy'))
})
