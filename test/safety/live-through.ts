/** Plays one history, and checks it against the promises. */
import type {
  ApplyOptions,
  Difference,
  ReplicaSummary,
  RunOptions,
  Summary,
  UndoOptions,
} from 'tablesync'
import type { WireItem } from '../../lib/model/wire.ts'
import { VirtualClock, whose } from '../simulation/clock.ts'
import { apply, JOURNAL, LIMIT, REACH, sync, undo } from '../simulation/command.ts'
import { current } from '../simulation/current.ts'
import * as files from '../simulation/files.ts'
import { forgetPools, killThread } from '../simulation/pool.ts'
import { World } from '../simulation/world.ts'
import { seeded } from '../support/seeded.ts'
import { checkBooks } from './books.ts'
import { type History, historyOf, type OthersWrite } from './history.ts'
import { Judge } from './judge.ts'

export interface Lived {
  readonly mode: string
  readonly outcome: string
  readonly writes: number
}

const PLAN = '/sim/plan.ndjson'

/** @throws Error that says which promise was broken */
export async function liveThrough(seed: number): Promise<Lived> {
  const history = historyOf(seeded(seed))
  const random = seeded(seed + 0x5afe)
  const clock = new VirtualClock()
  clock.install()
  Math.random = random
  files.clear()
  forgetPools()
  const world = new World(clock, random, history.faults, { ...history, absences: [] })
  Object.assign(current, { clock, world, random })
  const judge = new Judge(history, world, random)
  const differences: Difference[] = []
  const live = (running: () => Promise<Summary>) =>
    clock.run(whose.run({ isDead: false }, running), clock.now + LIMIT)
  const options = {
    ...optionsOf(history),
    onDifference: (one: Difference) => void differences.push(one),
  }

  if (history.mode === 'apply')
    await live(() => sync({ ...options, plan: PLAN } as RunOptions, spelt))
  if (history.mode === 'undo') {
    world.observer = {
      served() {},
      landed: ({ after }) => judge.noteWhole(after),
      described() {},
      refuses: () => undefined,
    }
    await live(() => sync({ ...options, undo: JOURNAL } as RunOptions, spelt))
    judge.beginUndo()
  }
  differences.length = 0
  world.observer = judge
  others(history, world, clock, judge)
  const deaths = history.deaths.map((at) => clock.set(() => killThread(random), at))
  const summary = await live(() => carryOut(history, options)).catch((error: Error) => {
    // Refused before any write: a plan or journal of another table, or a table that does not
    // answer.
    const code = 'code' in error ? error.code : undefined
    const isOther = code === 'TABLE_CHANGED' && judge.knowsAnew
    const isSilent = code === 'TABLE_SILENT' && judge.written.size === 0
    if (!isOther && !isSilent) throw error
    return undefined
  })
  for (const death of deaths) death.isCancelled = true
  if (summary === undefined) return { mode: history.mode, outcome: 'refused', writes: 0 }
  const [violation] = judge.violations
  if (violation !== undefined) throw new Error(violation)
  const isWhole = summary.outcome === 'in-sync' || summary.outcome === 'different'
  if (judge.knowsAnew && isWhole) throw new Error('a table was made anew, and the run is whole')
  // A key on which two threads have died is looked at by nobody: it is unverified.
  const [{ torn, unverified }] = Object.values(summary.replicas) as [ReplicaSummary]
  if (judge.halfWay.size > 0 && (isWhole || torn + unverified === 0)) {
    throw new Error(`${[...judge.halfWay]} left half-way: ${summary.outcome}, ${torn} torn`)
  }
  checkBooks(history, {
    summary,
    differences,
    written: judge.written,
    overtaken: judge.overtaken,
    touched: judge.touched,
    files,
  })
  return { mode: history.mode, outcome: summary.outcome, writes: judge.written.size }
}

const spelt = (name: string) => name

const HOOKS = new URL('./hooks.js', import.meta.url).href

function optionsOf({ mode, listed, versionAttribute, inParts, ...history }: History) {
  const { workers, ages, hasHooks, asked } = history
  return {
    ...REACH,
    ...inParts?.options,
    ...(hasHooks && { hooks: HOOKS }),
    ...(versionAttribute !== undefined && { versionAttribute }),
    workers,
    ...(mode === 'listed'
      ? { key: listed.map((id) => JSON.stringify({ id })), maxDeletes: listed.length }
      : { segments: 2, scanLimit: 5, maxDeletes: '100%', allowShrunkenMaster: true }),
    ...asked,
    minMismatchAge: ages,
    retryDelayBase: 10,
  }
}

function carryOut({ mode, workers, ages, hasHooks }: History, options: object): Promise<Summary> {
  const { endpoint } = REACH
  const { onDifference } = options as Pick<RunOptions, 'onDifference'>
  const shared = { workers, endpoint, retryDelayBase: 10, onDifference }
  if (mode === 'sync' || mode === 'listed') return sync(options as RunOptions, spelt)
  if (mode === 'undo') return undo({ ...shared, journal: JOURNAL } as UndoOptions, spelt)
  const allowed = {
    maxDeletes: '100%',
    allowShrunkenMaster: true,
    minMismatchAge: ages,
    ...(hasHooks && { hooks: HOOKS }),
  }
  return apply({ ...shared, ...allowed, plan: PLAN } as ApplyOptions, spelt)
}

/** Others write, each at its time from now on. */
function others({ writes, anew }: History, world: World, clock: VirtualClock, judge: Judge): void {
  for (const { at, table, items } of anew) {
    clock.set(() => {
      world.makeAnew(table, items)
      judge.madeAnew(table, items)
    }, at)
  }
  const readings = new Map<string, number>()
  const make = ({ table, id, isWhole, change }: OthersWrite) => {
    const item: WireItem | undefined = change(world.at(table, id))
    world.writeTo(table, id, item)
    if (table === 'replica') judge.othersWrote(id, item, isWhole)
    else judge.noteWhole(item)
  }
  for (const write of writes) {
    if (write.behindReading === undefined) clock.set(() => make(write), write.at)
  }
  judge.onReading = (id) => {
    const reading = (readings.get(id) ?? 0) + 1
    readings.set(id, reading)
    for (const write of writes) {
      if (write.id !== id || write.behindReading !== reading) continue
      // The answer is on its way, and does not contain the write yet.
      const timer = clock.set(() => make(write), 0)
      timer.owner = undefined
    }
  }
}
