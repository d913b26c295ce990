/** The flags that say how tables are read, checked by the requests that the command sends. */

import {
  type Interfere,
  isPreflight,
  type Recorder,
  startRecorder,
} from '../support/command/recorder.ts'
import { runCli, runForSummary } from '../support/command/run-cli.ts'
import {
  argsOf,
  COUNTS,
  makeScene,
  makeTwins,
  replicaOf,
  type Scene,
} from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2

interface Watched extends Scene {
  readonly recorder: Recorder
}

async function watch(t: Test, scene: Scene, interfere?: Interfere): Promise<Watched> {
  const recorder = await startRecorder(t, engine.endpoint, interfere)
  const args = argsOf({ ...scene.master, endpoint: recorder.endpoint }, scene.replica)
  return { ...scene, args, recorder }
}

const keysOf = (body: Readonly<Record<string, unknown>>) =>
  Object.values(body['RequestItems'] as Record<string, { Keys: unknown[] }>).map(
    ({ Keys }) => Keys.length,
  )

t.test('--scan-limit is the number of items that a Scan asks for', async (t) => {
  const { args, recorder } = await watch(t, await makeTwins(engine.endpoint))
  t.equal((await runCli([...args, '--scan-limit', '7', '--segments', '1'])).code, 0)
  const limits = recorder.bodies('Scan').map((body) => body['Limit'])
  t.ok(limits.length >= 6, 'three pages of each table')
  t.ok(limits.every((limit) => limit === 7))
})

t.test('without --scan-limit, DynamoDB decides the size of pages', async (t) => {
  const { args, recorder } = await watch(t, await makeTwins(engine.endpoint))
  await runCli(args)
  const scans = recorder.bodies('Scan')
  t.ok(scans.length > 0)
  t.ok(scans.every((body) => body['Limit'] === undefined))
})

t.test('--batch-read-limit is the most keys that a BatchGetItem asks for', async (t) => {
  const { args, recorder, replica } = await watch(t, await makeScene(engine.endpoint))
  const flags = ['--strategy', 'lookup', '--batch-read-limit', '7']
  const { summary } = await runForSummary([...args, ...flags])
  t.match(replicaOf(summary, replica), { sameAs: COUNTS.sameAs, missing: COUNTS.missing })
  const sizes = recorder.bodies('BatchGetItem').flatMap(keysOf)
  t.equal(Math.max(...sizes), 7)
})

t.test('--batch-read-limit is 100 by default', async (t) => {
  const scene = await makeTwins(engine.endpoint)
  const ids = Array.from({ length: 130 }, (_, at) => ({ id: { S: `more-${at}` } }))
  await Promise.all([scene.master.put(ids), scene.replica.put(ids)])
  const { args, recorder } = await watch(t, scene)
  await runCli([...args, '--strategy', 'lookup', '--segments', '1'])
  const sizes = recorder.bodies('BatchGetItem').flatMap(keysOf)
  t.equal(Math.max(...sizes), 100)
})

t.test('--segments is the number of segments that each table is scanned in', async (t) => {
  const { args, recorder, master } = await watch(t, await makeTwins(engine.endpoint))
  const { summary } = await runForSummary([...args, '--segments', '3'])
  t.equal(summary.master.scanned, 20)
  const scans = recorder.bodies('Scan')
  t.ok(scans.every((body) => body['TotalSegments'] === 3))
  const ofMaster = scans.filter((body) => body['TableName'] === master.name)
  t.same([...new Set(ofMaster.map((body) => body['Segment']))].sort(), [0, 1, 2])
})

t.test('--parallel is the number of segments that are scanned at once', async (t) => {
  const underWay = new Set<unknown>()
  let most = 0
  const scene = await makeTwins(engine.endpoint)
  const { args } = await watch(t, scene, async (asked) => {
    if (asked.operation !== 'Scan' || isPreflight(asked)) return
    // A segment reads one page ahead: count segments, not requests.
    underWay.add(asked.body['Segment'])
    most = Math.max(most, underWay.size)
    await new Promise((resolve) => setImmediate(resolve))
    underWay.delete(asked.body['Segment'])
  })
  t.equal((await runCli([...args, '--segments', '6', '--parallel', '1'])).code, 0)
  t.equal(most, 1)
})

t.test('--parallel lets that many segments wait for the master at once', async (t) => {
  let release = () => {}
  const all = new Promise<void>((resolve) => {
    release = resolve
  })
  const waiting = new Set<unknown>()
  const scene = await makeTwins(engine.endpoint)
  // No segment gets its page before three have asked: with fewer at once, the run never ends.
  const { args } = await watch(t, scene, async (asked) => {
    const { TableName, Segment } = asked.body
    if (asked.operation !== 'Scan' || isPreflight(asked) || TableName !== scene.master.name) return
    waiting.add(Segment)
    if (waiting.size === 3) release()
    await all
  })
  t.equal((await runCli([...args, '--segments', '6', '--parallel', '3'])).code, 0)
})

t.test('--workers and --parallel are printed with the plan', async (t) => {
  const { master, replica } = await makeTwins(engine.endpoint)
  const tables = ['-m', master.label, '-r', replica.label, '--endpoint', engine.endpoint]
  const flags = ['--workers', '2', '--segments', '6', '--parallel', '3']
  const { stderr } = await runCli([...tables, ...flags])
  t.match(stderr, '6 segments, 3 at a time on 2 workers')
})

t.test('--consistent-read makes every read strongly consistent', async (t) => {
  const { args, recorder } = await watch(t, await makeTwins(engine.endpoint))
  await runCli([...args, '--consistent-read'])
  const scans = recorder.bodies('Scan')
  t.ok(scans.length > 0)
  t.ok(scans.every((body) => body['ConsistentRead'] === true))
})

t.test('without --consistent-read, the first look is eventually consistent', async (t) => {
  const { args, recorder } = await watch(t, await makeTwins(engine.endpoint))
  await runCli(args)
  const scans = recorder.bodies('Scan')
  t.ok(scans.length > 0)
  t.ok(scans.every((body) => body['ConsistentRead'] === false))
})

for (const strategy of ['auto', 'march', 'lookup']) {
  t.test(`--strategy ${strategy} is used, and named in the result`, oneOfMany(), async (t) => {
    const { args, recorder, replica } = await watch(t, await makeScene(engine.endpoint))
    const { summary } = await runForSummary([...args, '--strategy', strategy])
    t.equal(summary.strategy, strategy)
    const extra = strategy === 'lookup' ? null : COUNTS.extra
    t.match(replicaOf(summary, replica), { ...COUNTS, extra })
    const isScanned = recorder.bodies('Scan').some((body) => body['TableName'] === replica.name)
    t.equal(isScanned, strategy !== 'lookup')
  })
}

t.test('--strategy is auto by default', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  t.equal((await runForSummary(args)).summary.strategy, 'auto')
})

const THROTTLE = {
  status: 400,
  type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  message: 'too much',
}

for (const { title, flags, tries } of [
  {
    title: '--max-retries is the number of retries of a request',
    flags: ['--max-retries', '2'],
    tries: 3,
  },
  { title: '--max-retries 0 retries no request', flags: ['--max-retries', '0'], tries: 1 },
  { title: '--max-retries is 10 by default', flags: [], tries: 11 },
]) {
  t.test(title, async (t) => {
    const scene = await makeTwins(engine.endpoint)
    const { args, recorder } = await watch(t, scene, (asked) =>
      asked.operation === 'Scan' &&
      !isPreflight(asked) &&
      asked.body['TableName'] === scene.master.name
        ? THROTTLE
        : undefined,
    )
    const more = ['--segments', '1', '--retry-delay-base', '1']
    const { code, summary } = await runForSummary([...args, ...more, ...flags])
    const scans = recorder.bodies('Scan').filter((body) => body['TableName'] === scene.master.name)
    t.equal(scans.length, tries)
    t.equal(code, 3)
    t.equal(summary.outcome, 'incomplete')
    t.match(summary.errors, [{ table: scene.master.label, code: 'THROTTLED' }])
  })
}

t.test('--retry-delay-base is the delay that doubles with every retry', async (t) => {
  const scene = await makeTwins(engine.endpoint)
  const { args, recorder } = await watch(t, scene, (asked) =>
    asked.operation === 'Scan' &&
    !isPreflight(asked) &&
    asked.body['TableName'] === scene.master.name
      ? THROTTLE
      : undefined,
  )
  await runCli([...args, '--segments', '1', '--retry-delay-base', '1'])
  const times = recorder.asked
    .filter((asked) => asked.operation === 'Scan' && !isPreflight(asked))
    .filter((asked) => asked.body['TableName'] === scene.master.name)
    .map(({ at }) => at)
  // Delays from 1 ms add up to a second at most; those from the default's 50 ms, to half a minute.
  t.ok((times.at(-1) ?? 0) - (times[0] ?? 0) < 5000)
})

for (const { flag, least, most } of [
  { flag: '--segments', least: 1, most: 1_000_000 },
  { flag: '--parallel', least: 1, most: 4096 },
  { flag: '--workers', least: 1, most: 256 },
  { flag: '--scan-limit', least: 1, most: 2_147_483_647 },
  { flag: '--batch-read-limit', least: 1, most: 100 },
  { flag: '--max-retries', least: 0, most: 100 },
  { flag: '--retry-delay-base', least: 1, most: 60_000 },
]) {
  const tables = ['-m', 'us-east-1:aaa', '-r', 'us-east-1:bbb', '--endpoint', engine.endpoint]
  t.test(
    `${flag} refuses anything but a whole number from ${least} to ${most}`,
    oneOfMany(),
    async (t) => {
      for (const value of [String(least - 1), String(most + 1), '1.5', '1e2', '16x', '']) {
        const { code, stdout, stderr } = await runCli([...tables, `${flag}=${value}`])
        t.equal(code, 2)
        t.equal(stdout, '')
        t.match(stderr, `Expected \`${flag}\` to be a whole number from ${least} to ${most}`)
        t.ok(stderr.includes(`got ${value}`) || stderr.includes(`got "${value}"`), stderr)
      }
    },
  )

  t.test(`${flag} refuses a missing value`, oneOfMany(), async (t) => {
    for (const args of [[flag], [flag, '--json']]) {
      const { code, stdout, stderr } = await runCli([...tables, ...args])
      t.equal(code, 2)
      if (args.includes('--json')) t.match(JSON.parse(stdout), { outcome: 'refused' })
      else t.equal(stdout, '')
      t.match(stderr, flag)
      t.match(stderr, 'to be followed by its <')
    }
  })
}

t.test('--strategy refuses an unknown name', async (t) => {
  const tables = ['-m', 'us-east-1:aaa', '-r', 'us-east-1:bbb']
  const { code, stdout, stderr } = await runCli([...tables, '--strategy', 'marsh'])
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(stderr, 'Expected `--strategy` to be one of auto, march, lookup, got "marsh"')
})

t.test('--ignore of a key attribute is refused before anything is compared', async (t) => {
  const { args, recorder } = await watch(t, await makeTwins(engine.endpoint))
  const { code, stderr } = await runCli([...args, '--ignore', 'id'])
  t.equal(code, 2)
  t.match(
    stderr,
    'Expected `--ignore` to name attributes beside the key, got "id" of the key id (S)',
  )
  t.same(recorder.bodies('Scan'), [])
})

t.test('--ignore takes a list with a comma as one attribute, and warns about it', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const { code, stderr } = await runCli([...args, '--ignore', 'colour,stamp'])
  t.equal(code, 0)
  t.match(stderr, /warning .*--ignore "colour,stamp" names one attribute with a comma in it/)
})
