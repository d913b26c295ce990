/**
 * A table's limit holds over all threads together, and follows changes during the run. The
 * stretches are short here; TABLESYNC_TEST_PACE_SECONDS sets longer ones.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type RunEvent, type RunOptions, runSync } from 'tablesync'
import { type Test, t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'
import { LimitedServer, type LimitedTable, meanUse } from './limited-server.ts'

const SECONDS = Number(process.env['TABLESYNC_TEST_PACE_SECONDS'] ?? 5)
/** Milliseconds. While a busy machine stops this process, requests pile up into one burst. */
const LONGEST_STANDSTILL = 100
const MOST_STRETCHES = 12

t.setTimeout(240_000 + 5 * SECONDS * 1000)

interface Scene {
  readonly master: LimitedTable
  readonly replica: LimitedTable
  readonly events: RunEvent[]
  readonly control: string
  /** Events between two times of the server's clock. */
  during(from: number, to: number): RunEvent[]
  /** The server's clock, `milliseconds` from now. */
  after(milliseconds: number): Promise<number>
  /** Waits that long, again if this process was stopped meanwhile. Settles with begin and end. */
  stretch(milliseconds: number): Promise<readonly [from: number, to: number]>
  stop(): Promise<void>
}

async function openScene(
  t: Test,
  limits: readonly [number, number],
  options: Partial<RunOptions>,
  description: object = {},
): Promise<Scene> {
  const server = new LimitedServer()
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
  t.teardown(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })
  const master = server.table('master', limits[0], description)
  const replica = server.table('replica', limits[1], description)
  const events: RunEvent[] = []
  const times: number[] = []
  const stopping = new AbortController()
  const control = join(folder, 'control')
  const running = runSync({
    master: 'us-east-1:master',
    replicas: ['us-east-1:replica'],
    endpoint: await server.endpoint(),
    workers: 2,
    segments: 8,
    parallel: 8,
    strategy: 'march',
    retryDelayBase: 20,
    maxRetries: 100,
    control,
    signal: stopping.signal,
    onProgress(event) {
      events.push(event)
      times.push(performance.now())
    },
    ...options,
  })
  let isEnded = false
  running
    .catch(() => {})
    .finally(() => {
      isEnded = true
    })
  while (master.served.length < 8) {
    if (isEnded) throw new Error(`the run has ended: ${JSON.stringify(await running)}`)
    await sleep(20)
  }
  return {
    master,
    replica,
    events,
    control,
    during: (from, to) =>
      events.filter((_, at) => Number(times[at]) >= from && Number(times[at]) < to),
    async after(milliseconds) {
      await sleep(milliseconds)
      return performance.now()
    },
    async stretch(milliseconds) {
      for (let stretches = 1; ; stretches++) {
        const delay = monitorEventLoopDelay({ resolution: 10 })
        delay.enable()
        const from = performance.now()
        await sleep(milliseconds)
        const to = performance.now()
        delay.disable()
        if (delay.max / 1e6 < LONGEST_STANDSTILL || stretches === MOST_STRETCHES) return [from, to]
      }
    },
    async stop() {
      stopping.abort()
      t.equal((await running).outcome, 'interrupted')
    },
  }
}

const last = (events: readonly RunEvent[]) => {
  const event = events.findLast(({ type }) => type === 'progress')
  return event?.type === 'progress' ? event : undefined
}

t.test('runSync holds all threads together to the capacity it is given', async (t) => {
  const { master, replica, after, stretch, stop, during } = await openScene(t, [1250, 5000], {
    readCapacity: 1200,
  })
  await after(1500)
  const [from, to] = await stretch(SECONDS * 1000)
  for (const table of [master, replica]) {
    const mean = meanUse(table, from, to)
    t.ok(Math.abs(mean / 1200 - 1) < 0.05, `${mean.toFixed(0)} of 1200 units/s`)
    t.equal(table.throttled.filter(({ at }) => at >= from && at < to).length, 0)
  }
  const scanned = master.served.filter(({ at }) => at >= from)
  const segments = new Set(scanned.map(({ segment }) => segment))
  t.equal(segments.size, 8, 'all segments are in progress at once')
  const waits = during(from, to).flatMap((event) =>
    event.type === 'progress' ? event.waitingFor : [],
  )
  t.match(waits, [/read capacity of us-east-1:(master|replica), 1,200 units\/s/])
  await stop()
})

t.test(
  'runSync goes faster or slower, pauses and resumes, as the control file says',
  { skip: skipLong },
  async (t) => {
    const scene = await openScene(t, [9000, 9000], { readCapacity: 1000 })
    const { master, control, after, stretch, stop, events } = scene
    const change = async (text: string, expected: number) => {
      await writeFile(control, text)
      await after(2000)
      // A thread that a busy machine stops makes up for it in a burst: short stretches show it.
      const [from, to] = await stretch(SECONDS * 1000)
      const mean = meanUse(master, from, to)
      t.ok(Math.abs(mean - expected) <= expected * 0.07, `${text}: ${mean.toFixed(0)} units/s`)
    }
    await change('read-capacity 2000', 2000)
    await change('read-capacity 400', 400)
    await change('pause', 0)
    t.match(last(events), { isPaused: true, waitingFor: [/resume/] })
    await change('resume\nread-capacity: 1500 # for the night', 1500)
    await writeFile(control, 'read-capacity lots')
    await after(1000)
    t.match(
      events.find(({ type }) => type === 'control-refused'),
      { message: /read-capacity.*"lots"/ },
    )
    await change('# nothing: as in the beginning', 1000)
    await writeFile(control, 'pause')
    await after(1000)
    await stop()
  },
)

t.test(
  'runSync finds out what a table can do, and when it can do less',
  { skip: skipLong },
  async (t) => {
    const { master, replica, after, stretch, stop } = await openScene(t, [1500, 3000], {
      readCapacity: 'adaptive',
    })
    // A march goes as fast as the slower of two tables: the other's limit is not reached.
    await after(9000)
    const [from, to] = await stretch(SECONDS * 1000)
    const mean = meanUse(master, from, to)
    t.ok(mean >= 1500 * 0.85, `${mean.toFixed(0)} of 1500 units/s`)
    const throttled = master.throttled.filter(({ at }) => at >= from && at < to).length
    const served = master.served.filter(({ at }) => at >= from && at < to).length
    t.ok(throttled < served * 0.05, `${throttled} throttled, ${served} served`)
    t.equal(replica.throttled.length, 0)

    master.limit = 400
    const fell = performance.now()
    await after(2000)
    const settled = await after(SECONDS * 1000)
    const after2 = master.throttled.filter(({ at }) => at >= fell + 2000).length
    const served2 = master.served.filter(({ at }) => at >= fell + 2000).length
    t.ok(after2 < served2 * 0.1, `${after2} throttled, ${served2} served after two seconds`)
    t.ok(meanUse(master, fell + 2000, settled) >= 400 * 0.85)
    await stop()
  },
)

t.test('runSync slows down only the segment whose key range is throttled', async (t) => {
  const { master, after, stop } = await openScene(t, [9000, 9000], { readCapacity: 'adaptive' })
  await after(3000)
  master.hot.add(3)
  const from = await after(0)
  const before = meanUse(master, from - 1000, from)
  const to = await after(2000)
  t.ok(meanUse(master, from, to) > before * 0.7, 'the table is not slowed down for one segment')
  const tries = master.throttled.filter(({ at }) => at >= from).length
  t.ok(tries < 40, `${tries} tries of the hot segment in two seconds`)
  master.hot.clear()
  const isReadOn = () => master.served.some(({ at, segment }) => segment === 3 && at >= to)
  while (!isReadOn()) await sleep(50)
  await stop()
})

for (const { what, description, expected } of [
  {
    what: 'is provisioned for',
    description: { ProvisionedThroughput: { ReadCapacityUnits: 4000, WriteCapacityUnits: 40 } },
    expected: [
      [1000, '25% of its provisioned'],
      [10, '25% of its provisioned'],
    ],
  },
  {
    what: 'is warm for',
    description: {
      ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      WarmThroughput: { ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 4000 },
    },
    expected: [
      [3000, '25% of its warm throughput'],
      [1000, '25% of its warm throughput'],
    ],
  },
  {
    what: 'may take at most',
    description: {
      OnDemandThroughput: { MaxReadRequestUnits: 800, MaxWriteRequestUnits: -1 },
      WarmThroughput: { ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 4000 },
    },
    expected: [
      [200, '25% of its on-demand maximum'],
      [1000, '25% of its warm throughput'],
    ],
  },
] as const) {
  t.test(`runSync takes a share of the capacity that a table ${what}`, async (t) => {
    const capacity = { readCapacity: '25%', writeCapacity: '25%' }
    const { events, stop } = await openScene(t, [9000, 9000], capacity, description)
    const told = events.find(({ type }) => type === 'pace')
    t.match(told, {
      paces: [
        { table: 'us-east-1:master', kind: 'read', unitsPerSecond: expected[0][0] },
        { table: 'us-east-1:replica', kind: 'read', unitsPerSecond: expected[0][0] },
        {
          table: 'us-east-1:replica',
          kind: 'write',
          unitsPerSecond: expected[1][0],
          because: expected[1][1],
        },
      ],
    })
    await stop()
  })
}

t.test('runSync rejects a share of a capacity that is unknown', async (t) => {
  const server = new LimitedServer()
  t.teardown(() => server.close())
  server.table('master', 9000)
  server.table('replica', 9000)
  await t.rejects(
    runSync({
      master: 'us-east-1:master',
      replicas: ['us-east-1:replica'],
      endpoint: await server.endpoint(),
      readCapacity: '50%',
    }),
    {
      code: 'USAGE',
      message:
        /Cannot take 50%: DescribeTable does not return the read capacity of us-east-1:master/,
    },
  )
})

for (const [what, options] of [
  ['is paused', { readCapacity: 'max' }],
  ['waits for capacity', { readCapacity: 1 }],
] as const) {
  t.test(`runSync ends in time although it ${what}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
    const server = new LimitedServer()
    t.teardown(async () => {
      server.close()
      await rm(folder, { recursive: true })
    })
    server.table('master', 9000)
    server.table('replica', 9000)
    const control = join(folder, 'control')
    await writeFile(control, what === 'is paused' ? 'pause' : '')
    // Nothing but the run keeps the process alive, as on the command line.
    const { outcome, elapsedMs } = await runSync({
      master: 'us-east-1:master',
      replicas: ['us-east-1:replica'],
      endpoint: await server.endpoint(),
      signal: new AbortController().signal,
      segments: 8,
      control,
      maxDuration: '3s',
      ...options,
    })
    t.equal(outcome, 'interrupted')
    t.ok(elapsedMs < 12_000, `${elapsedMs} ms`)
  })
}

t.test('runSync refuses to begin where it cannot follow the control file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
  const server = new LimitedServer()
  t.teardown(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })
  server.table('master', 9000)
  server.table('replica', 9000)
  const begin = async (control: string) =>
    runSync({
      master: 'us-east-1:master',
      replicas: ['us-east-1:replica'],
      endpoint: await server.endpoint(),
      control,
      checkpoint: join(folder, 'checkpoint'),
    })
  const control = join(folder, 'control')
  await t.rejects(begin(folder), {
    code: 'USAGE',
    message: /control file to be a file, got a folder/,
  })
  await promisify(execFile)('mkfifo', [control])
  await t.rejects(begin(control), { code: 'USAGE', message: /control file to be a file/ })
  await rm(control)
  await writeFile(control, 'pause\nread-capacity lots')
  await t.rejects(begin(control), { code: 'USAGE', message: /control: .*"lots"/ })
  t.strictSame(await readdir(folder), ['control'])
})

t.test('runSync keeps its pace while the control file is being written, or no file', async (t) => {
  const { control, master, after, stop, events } = await openScene(t, [9000, 9000], {
    readCapacity: 500,
  })
  await writeFile(control, 'pause')
  const paused = () => last(events)?.isPaused === true
  while (!paused()) await after(20)
  await after(300)
  const served = master.served.length
  // `echo pause > control` does this: the file is empty for a moment.
  for (let round = 0; round < 3; round++) {
    await writeFile(control, '')
    await after(150)
    await writeFile(control, 'pause')
    await after(900)
  }
  await rm(control)
  await mkdir(control)
  await after(1500)
  t.ok(paused())
  t.equal(master.served.length, served)
  t.match(
    events.find(({ type }) => type === 'control-refused'),
    { message: /to be a file/ },
  )
  await rm(control, { recursive: true })
  while (paused()) await after(20)
  await stop()
})
