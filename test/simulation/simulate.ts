/** One simulated run from a seed, and the checks of its result. */
import type { RunOptions } from 'tablesync'
import { readCheckedLine } from '../../lib/files/lines/checked-line.ts'
import type { Checkpoint } from '../../lib/model/files/checkpoint-content.ts'
import { seeded } from '../support/seeded.ts'
import { check } from './check.ts'
import { type Mortal, VirtualClock, whose } from './clock.ts'
import { CHECKPOINT, JOURNAL, LIMIT, REACH, REPORT, replicasOf, sync } from './command.ts'
import { current } from './current.ts'
import * as files from './files.ts'
import { forgetPools, killThread } from './pool.ts'
import { ReadAgain } from './read-again.ts'
import { type Scenario, scenarioOf, writesToBe } from './scenario.ts'
import { type Observer, World } from './world.ts'

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

/** The world of a seed, with the writes and the deaths of threads that are to come. */
export function enterWorld(seed: number, salt: number) {
  const scenario = scenarioOf(seeded(seed))
  const random = seeded(seed + salt)
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
  return { scenario, random, clock, world, deaths }
}

/** @throws Error that says what did not hold */
export async function simulate(seed: number): Promise<Simulated> {
  const { scenario, random, clock, world, deaths } = enterWorld(seed, 0x5eed)
  const readAgain = new ReadAgain(clock)
  world.onScan = (...scan) => readAgain.scanned(...scan)
  const unlisten = readAgain.listen()
  const { summary, crashes } = await survive(scenario, world, clock, random, readAgain).finally(
    unlisten,
  )
  for (const death of deaths) death.isCancelled = true
  // Waits until the last write has been made and replicated.
  const lastWrite = scenario.writes.at(-1)?.at ?? 0
  const rest = Math.max(lastWrite - clock.now, 0) + scenario.lag + 1000
  await clock.run(clock.sleep(rest), clock.now + LIMIT)
  await check(scenario, world, summary, clock)
  // Dead threads also cause pages to be read again, and so do replicas at different places.
  const isOne = scenario.other === undefined
  if (scenario.deaths.length === 0 && isOne && readAgain.tooEarly > 0) {
    throw new Error(`${readAgain.tooEarly} pages read again that were settled in the last save`)
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

/** Begins the run, and resumes it after each crash. */
async function survive(
  scenario: Scenario,
  world: World,
  clock: VirtualClock,
  random: () => number,
  readAgain: ReadAgain,
) {
  const { options, legs, lag, writes, deaths } = scenario
  // At last as many as a complete repair takes: what legs found and left is not counted.
  const enough = writes.length === 0 ? Math.max(writesToBe(scenario), 1) : undefined
  const isWriting = options.writeMissing || options.writeDiffering || options.deleteExtra
  let crashed = 0
  const written = new Set<string>()
  world.observer = observerOf(written)
  for (let leg = 0; ; leg++) {
    const process: Mortal = { isDead: false }
    const { crashAt, endAt, maxWrites = enough } = legs[leg] ?? {}
    const ending = new AbortController()
    const end = endAt === undefined ? undefined : clock.set(() => ending.abort(), endAt)
    const isTakenUp = files.exists(CHECKPOINT)
    world.endAbsences()
    readAgain.begin(generationNow())
    const running = whose.run(process, () =>
      sync(
        {
          ...options,
          ...REACH,
          replicas: replicasOf(scenario),
          checkpoint: CHECKPOINT,
          ...(isTakenUp && { resume: true }),
          report: REPORT,
          ...(isWriting && { undo: JOURNAL }),
          minMismatchAge: (lag + 300) / 1000,
          allowShrunkenMaster: true,
          maxDeletes: '100%',
          signal: ending.signal,
          ...(maxWrites !== undefined && isWriting && { maxWrites }),
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
    if (end !== undefined) end.isCancelled = true
    if (maxWrites !== undefined && written.size > maxWrites) {
      throw new Error(`${written.size} items were written, of at most ${maxWrites}`)
    }
    if (summary === undefined) {
      crashed++
      files.crash(random)
      readAgain.crashed(generationNow())
      continue
    }
    // The thread that takes over from a dead one counts what it found again.
    if (leg > legs.length + deaths.length + 2) return { summary, crashes: crashed }
    // Tasks that were given up, since two threads died of them, are done by the next leg.
    const isOver = summary.outcome === 'in-sync' || summary.outcome === 'different'
    if (isOver) return { summary, crashes: crashed }
  }
}

/** Notes the keys that tablesync has written or deleted. */
function observerOf(written: Set<string>): Observer {
  return {
    landed: ({ table, key }) => void written.add(`${table} ${JSON.stringify(key)}`),
    served() {},
    described() {},
    refuses: () => undefined,
  }
}

/** The generation of the checkpoint on disk; 0 where there is none. */
function generationNow(): number {
  const checkpoint = readCheckedLine((files.contents(CHECKPOINT) ?? '').trimEnd())
  return (checkpoint as Checkpoint | undefined)?.generation ?? 0
}
