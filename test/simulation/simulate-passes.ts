/** One simulated run until in sync, from a seed: beside writers, a lagging replication, and a rival. */
import type { RunOptions, Summary } from 'tablesync'
import type { WireItem } from '../../lib/model/wire.ts'
import { type VirtualClock, whose } from './clock.ts'
import { JOURNAL, LIMIT, REACH, replicasOf, sync } from './command.ts'
import type { Scenario } from './scenario.ts'
import { enterWorld, type Simulated } from './simulate.ts'
import type { World } from './world.ts'

/** How far eventually consistent reads may lag behind: what a pass sees may be so much older. */
const STALE = 400

/** Longer than any mismatch age here, so that what the rival writes is repaired each time. */
const RIVAL_EVERY = 4000

interface Rival {
  readonly id: string
  readonly item: WireItem
}

/** @throws Error that says what did not hold */
export async function simulatePasses(seed: number): Promise<Simulated> {
  const { scenario, random, clock, world, deaths } = enterWorld(seed, 0xba55)
  const pick = <T>(...values: readonly T[]) => values[Math.floor(random() * values.length)] as T
  const history = new History(clock, scenario)
  world.onChange = (table, key, item) => history.changed(table, key, item)
  const rival = random() < 0.25 ? { id: 'rival', item: rivalItem } : undefined
  const rivalry =
    rival && clock.set(() => world.writeTo('replica', rival.id, rival.item), 0, RIVAL_EVERY)
  const written: string[] = []
  world.observer = {
    landed: ({ table, key }) => void written.push(`${table} ${JSON.stringify(key)}`),
    served() {},
    described() {},
    refuses: () => undefined,
  }
  const maxWrites = random() < 0.3 ? pick(1, 5, 20) : undefined
  const window = { began: 0, ended: 0 }
  const { checkpointInterval: _, ...options } = scenario.options
  const isWriting = options.writeMissing || options.writeDiffering || options.deleteExtra
  const running = whose.run({ isDead: false }, () =>
    sync(
      {
        ...options,
        ...REACH,
        replicas: replicasOf(scenario),
        untilInSync: pick('2s', '20s', '30m', '30m'),
        maxPasses: pick(2, 8, 8),
        ...(isWriting && { journal: JOURNAL }),
        minMismatchAge: (scenario.lag + 300) / 1000,
        allowShrunkenMaster: true,
        maxDeletes: '100%',
        ...(maxWrites !== undefined && { maxWrites }),
        onProgress({ type }) {
          if (type === 'pass-began') window.began = clock.now
          if (type !== 'pass-ended') return
          window.ended = clock.now
          // So that a limit is met over all passes, and not by one of them.
          if (maxWrites !== undefined) loseSome(world, scenario, random)
        },
      } as RunOptions,
      (name) => name,
    ),
  )
  const summary = await clock.run(running, clock.now + LIMIT)
  for (const timer of [...deaths, ...(rivalry === undefined ? [] : [rivalry])]) {
    timer.isCancelled = true
  }
  checkEnd(summary, rival, options)
  if (summary.outcome === 'in-sync') {
    const began = window.began - (options.consistentRead ? 0 : STALE)
    history.checkEqualOnce(began, window.ended)
  }
  if (maxWrites !== undefined && new Set(written).size > maxWrites) {
    throw new Error(`${new Set(written).size} items were written, of at most ${maxWrites}`)
  }
  return {
    seed,
    outcome: summary.outcome,
    errors: summary.errors.map(({ code }) => code),
    crashes: 0,
    deaths: scenario.deaths.length,
    requests: world.requests,
    virtualSeconds: Math.round(clock.now / 1000),
    readAgain: 0,
  }
}

/** Somebody deletes items of the replica. */
function loseSome(world: World, { master }: Scenario, random: () => number): void {
  for (let lost = 0; lost < 3; lost++) {
    const one = master[Math.floor(random() * master.length)]
    if (one !== undefined) world.writeTo('replica', idOf(one), undefined)
  }
}

const rivalItem: WireItem = { id: { S: 'rival' }, stray: { S: 'back again' } }

function checkEnd(
  { outcome, passes, stopped }: Summary,
  rival: Rival | undefined,
  { deleteExtra }: Partial<RunOptions>,
): void {
  const isClean = outcome === 'in-sync'
  if (passes === undefined) throw new Error(`no word on passes, ${outcome}`)
  if (isClean !== (passes.end === 'in-sync')) throw new Error(`${outcome}, but ${passes.end}`)
  if (stopped?.safeguard !== 'repeated-repair') return
  if (rival === undefined || !deleteExtra) {
    // Others delete and write keys too, and a repair may be overtaken.
    if (stopped.message.includes('"rival"')) throw new Error(`no rival: ${stopped.message}`)
  }
}

/** What each key was in each table, and since when. */
class History {
  readonly #clock: VirtualClock
  readonly #tables = new Map<string, Map<string, { at: number; text: string }[]>>()

  constructor(clock: VirtualClock, { master, replica, other }: Scenario) {
    this.#clock = clock
    for (const [name, items] of Object.entries({ master, replica, other })) {
      if (items === undefined) continue
      const keys = new Map(items.map((item) => [idOf(item), [{ at: -1, text: textOf(item) }]]))
      this.#tables.set(name, keys)
    }
  }

  changed(table: string, key: WireItem, item: WireItem | undefined): void {
    const keys = this.#tables.get(table)
    const known = keys?.get(idOf(key)) ?? [{ at: -1, text: ABSENT }]
    known.push({ at: this.#clock.now, text: item === undefined ? ABSENT : textOf(item) })
    keys?.set(idOf(key), known)
  }

  /** @throws Error where a key was different at every instant of the window */
  checkEqualOnce(began: number, ended: number): void {
    const [master, ...replicas] = [...this.#tables.values()]
    for (const replica of replicas) {
      for (const id of new Set([...(master?.keys() ?? []), ...replica.keys()])) {
        const changes = [...(master?.get(id) ?? []), ...(replica.get(id) ?? [])].map(({ at }) => at)
        const instants = [began, ...changes.filter((at) => at > began && at <= ended)]
        const isEqual = instants.some(
          (at) => valueAt(master?.get(id), at) === valueAt(replica.get(id), at),
        )
        if (!isEqual) throw new Error(`${id} was never equal between ${began} and ${ended}`)
      }
    }
  }
}

const ABSENT = 'absent'
const idOf = ({ id }: WireItem) => (id as { readonly S: string }).S
const textOf = (item: WireItem) => JSON.stringify(Object.entries(item).sort())

/** After all changes of that instant. */
const valueAt = (states: readonly { at: number; text: string }[] | undefined, at: number) =>
  states?.findLast((state) => state.at <= at)?.text ?? ABSENT
