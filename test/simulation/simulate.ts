/** One simulated run, from a seed to whether all held. */
import { isDeepStrictEqual } from 'node:util'
import type { Difference, RunOptions, Summary, UndoOptions } from '../../lib/index.ts'
import type { Checkpoint } from '../../lib/model/checkpoint.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { Spelling } from '../../lib/options/check.ts'
import { readCheckedLine } from '../../lib/protocol/checked-line.ts'
import { foretell } from '../support/oracle.ts'
import { seeded } from '../support/seeded.ts'
import { type Mortal, VirtualClock, whose } from './clock.ts'
import { current } from './current.ts'
import * as files from './files.ts'
import { forgetPools, killThread } from './pool.ts'
import { ReadAgain } from './read-again.ts'
import { type Scenario, scenarioOf } from './scenario.ts'
import { World } from './world.ts'

type Command<Options> = (options: Options, spelling: Spelling) => Promise<Summary>

const engine = (name: string) =>
  import(new URL(`../../simulated/lib/${name}.js`, import.meta.url).href)
const { sync } = (await engine('sync')) as { sync: Command<RunOptions> }
const { undo } = (await engine('undo')) as { undo: Command<UndoOptions> }
// Loaded by the first run otherwise, at a time of its own.
await engine('run/inspect')

const CHECKPOINT = '/sim/checkpoint.json'
const REPORT = '/sim/report.ndjson'
const JOURNAL = '/sim/undo.ndjson'

/** Hours of virtual time: nothing takes so long. */
const LIMIT = 4 * 3_600_000

const REACH = {
  master: 'x:master',
  replicas: ['x:replica'],
  endpoint: 'http://127.0.0.1:1',
}

export interface Simulated {
  readonly seed: number
  readonly outcome: string
  readonly errors: readonly string[]
  readonly crashes: number
  readonly deaths: number
  readonly requests: number
  readonly virtualSeconds: number
  /** Pages read again after crashes. */
  readonly readAgain: number
}

/** @throws Error that says what did not hold */
export async function simulate(seed: number): Promise<Simulated> {
  const scenario = scenarioOf(seeded(seed))
  const random = seeded(seed + 0x5eed)
  const clock = new VirtualClock()
  clock.install()
  Math.random = random
  files.clear()
  forgetPools()
  const world = new World(clock, random, scenario.faults, scenario)
  Object.assign(current, { clock, world, random })
  for (const { at, id, item } of scenario.writes) {
    clock.set(() => world.write(id, item, scenario.lag), at)
  }
  const deaths = scenario.deaths.map((at) => clock.set(() => killThread(random), at))
  const readAgain = new ReadAgain(clock)
  world.onScan = (...scan) => readAgain.scanned(...scan)
  const unlisten = readAgain.listen()
  const { summary, crashes } = await survive(scenario, clock, random, readAgain).finally(unlisten)
  for (const death of deaths) death.isCancelled = true
  // Until the last write has been made, and replicated.
  const lastWrite = scenario.writes.at(-1)?.at ?? 0
  const rest = Math.max(lastWrite - clock.now, 0) + scenario.lag + 1000
  await clock.run(clock.sleep(rest), clock.now + LIMIT)
  await check(scenario, world, summary, clock)
  // Threads that die have their segments read again as well.
  if (scenario.deaths.length === 0 && readAgain.readAgain > readAgain.allowed) {
    throw new Error(`${readAgain.readAgain} pages read again, ${readAgain.allowed} may be`)
  }
  return {
    seed,
    outcome: summary.outcome,
    errors: summary.errors.map(({ code }) => code),
    crashes,
    deaths: scenario.deaths.length,
    requests: world.requests,
    virtualSeconds: Math.round(clock.now / 1000),
    readAgain: readAgain.readAgain,
  }
}

/** Begun, and taken up again after each crash. */
async function survive(
  { options, crashes, lag }: Scenario,
  clock: VirtualClock,
  random: () => number,
  readAgain: ReadAgain,
) {
  const isWriting = options.writeMissing || options.writeDiffering || options.deleteExtra
  let crashed = 0
  for (let leg = 0; ; leg++) {
    const process: Mortal = { isDead: false }
    const crashAt = crashes[leg]
    const isTakenUp = files.exists(CHECKPOINT)
    readAgain.begin(generationNow())
    const running = whose.run(process, () =>
      sync(
        {
          ...options,
          ...REACH,
          checkpoint: CHECKPOINT,
          ...(isTakenUp && { resume: true }),
          report: REPORT,
          ...(isWriting && { undo: JOURNAL }),
          minMismatchAge: (lag + 300) / 1000,
          allowShrunkenMaster: true,
          maxDeletes: '100%',
        } as unknown as RunOptions,
        (name) => name,
      ),
    )
    const crash = new Promise<undefined>((resolve) => {
      if (crashAt !== undefined) clock.set(() => resolve(undefined), crashAt)
    })
    const summary = await clock.run(Promise.race([running, crash]), clock.now + LIMIT)
    process.isDead = true
    running.catch(() => {})
    if (summary === undefined) {
      crashed++
      files.crash(random)
      readAgain.crashed(generationNow())
      continue
    }
    // What was given up, since two threads died of it, is done when it is taken up.
    if (summary.outcome !== 'incomplete' || leg > crashes.length + 2) {
      return { summary, crashes: crashed }
    }
  }
}

/** Of the checkpoint as it is on disk; 0 where there is none. */
function generationNow(): number {
  const checkpoint = readCheckedLine((files.contents(CHECKPOINT) ?? '').trimEnd())
  return (checkpoint as Checkpoint | undefined)?.generation ?? 0
}

const keyOf = ({ id }: WireItem) => (id as { readonly S: string }).S
const byKey = (items: readonly WireItem[]) => new Map(items.map((item) => [keyOf(item), item]))

async function check(scenario: Scenario, world: World, summary: Summary, clock: VirtualClock) {
  const { master, replica, options } = scenario
  const differences = (await clock.run(read(REPORT), clock.now + LIMIT)).map(
    (line) => JSON.parse(line) as Difference,
  )
  const isTouched = (key: string) => world.touched.has(key)
  const told = differences.map(({ kind, key }) => ({ kind, key: keyOf(key as WireItem) }))
  const names = told.map(({ kind, key }) => `${kind} ${key}`)
  expect(new Set(names).size, names.length, 'each line of the report once')
  const { items, uncertain } = foretell({
    before: replica,
    master: world.all('master'),
    differences,
    keyOf,
    keyOfDifference: (key) => keyOf(key as WireItem),
  })
  const untouched = (all: Map<string, WireItem>) =>
    [...all].filter(([key]) => !isTouched(key) && !uncertain.has(key)).sort()
  const now = byKey(world.all('replica'))
  expect(untouched(now), untouched(items), 'the replica holds what the report says')

  const isWhole = summary.outcome === 'in-sync' || summary.outcome === 'different'
  if (!isWhole) return
  const was = byKey(replica)
  const wanted = byKey(master)
  const planted = [
    ...master.map((item) => [keyOf(item), was.has(keyOf(item)) ? 'differing' : 'missing', item]),
    ...replica
      .filter((item) => !wanted.has(keyOf(item)))
      .map((item) => [keyOf(item), 'extra', item]),
  ]
    .filter(
      ([key, kind, item]) =>
        kind !== 'differing' || !isDeepStrictEqual(was.get(key as string), item),
    )
    .map(([key, kind]) => ({ kind, key }))
    .filter(({ key }) => !isTouched(key as string))
  const sorted = (all: readonly { kind: unknown; key: unknown }[]) =>
    all.map(({ kind, key }) => `${kind} ${key}`).sort()
  expect(
    sorted(told.filter(({ key }) => !isTouched(key))),
    sorted(planted),
    'what was planted is told',
  )
  const counts = summary.replicas[REACH.replicas[0] as string]
  if (world.touched.size === 0) {
    const of = (kind: string) => planted.filter((one) => one.kind === kind).length
    expect(
      [summary.master.scanned, counts?.missing, counts?.differing, counts?.extra, counts?.sameAs],
      [
        master.length,
        of('missing'),
        of('differing'),
        of('extra'),
        master.length - of('missing') - of('differing'),
      ],
      'the counts are what was planted',
    )
    const written =
      (options.writeMissing ? of('missing') : 0) + (options.writeDiffering ? of('differing') : 0)
    const resolved = counts?.resolved ?? 0
    expect((counts?.written ?? 0) + resolved, written, 'what was asked for is written')
    expect(counts?.deleted, options.deleteExtra ? of('extra') : 0, 'what was asked for is deleted')
  }
  if (summary.outcome === 'in-sync') {
    const all = (name: 'master' | 'replica') => [...byKey(world.all(name))].sort()
    expect(all('replica'), all('master'), 'a replica that is in sync equals its master')
  }
  if (world.touched.size === 0 && files.exists(JOURNAL)) await checkUndo(scenario, world, clock)
}

async function checkUndo({ replica }: Scenario, world: World, clock: VirtualClock): Promise<void> {
  const none = {
    throttled: 0,
    refused: 0,
    landed: 0,
    cut: 0,
    silent: 0,
    partial: 0,
    emptyPage: 0,
    stale: 0,
    scanLatency: 0,
  }
  world.faults = none
  const { outcome } = await clock.run(
    whose.run({ isDead: false }, () =>
      undo({ journal: JOURNAL, endpoint: REACH.endpoint } as UndoOptions, (name) => name),
    ),
    clock.now + LIMIT,
  )
  expect(outcome, 'in-sync', 'the undo comes to its end')
  const sorted = (items: readonly WireItem[]) => [...byKey(items)].sort()
  expect(sorted(world.all('replica')), sorted(replica), 'an undo brings the first contents back')
}

async function read(file: string): Promise<string[]> {
  const text = String(await files.readFile(file, 'utf8'))
  return text.split('\n').filter((line) => line !== '')
}

function expect(found: unknown, wanted: unknown, what: string): void {
  if (isDeepStrictEqual(found, wanted)) return
  if (Array.isArray(found) && Array.isArray(wanted)) {
    // What they have in common says nothing.
    const without = (all: unknown[], other: unknown[]) =>
      all.filter((one) => !other.some((each) => isDeepStrictEqual(one, each)))
    const [more, less] = [without(found, wanted), without(wanted, found)]
    if (more.length + less.length > 0) [found, wanted] = [more, less]
  }
  const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 600)
  throw new Error(`${what}: expected ${shown(wanted)}, found ${shown(found)}`)
}
