/** What has to hold once a simulated run has ended. */
import { isDeepStrictEqual } from 'node:util'
import type { Difference, Summary, UndoOptions } from 'tablesync'
import type { WireItem } from '../../lib/model/wire.ts'
import { foretell } from '../support/oracle.ts'
import { differencesOf } from '../support/told-lines.ts'
import { type VirtualClock, whose } from './clock.ts'
import { JOURNAL, LIMIT, REACH, REPORT, replicasOf, undo } from './command.ts'
import * as files from './files.ts'
import type { Scenario } from './scenario.ts'
import type { TableName, World } from './world.ts'

const keyOf = ({ id }: WireItem) => (id as { readonly S: string }).S
const byKey = (items: readonly WireItem[]) => new Map(items.map((item) => [keyOf(item), item]))

/** @throws Error that says what did not hold */
export async function check(
  scenario: Scenario,
  world: World,
  summary: Summary,
  clock: VirtualClock,
) {
  const lines = differencesOf(await clock.run(read(REPORT), clock.now + LIMIT))
  // The last leg may make all remaining writes.
  expect(summary.stopped?.message, undefined, 'no leg uses up what another may write')
  expect(unbalanced(summary), [], 'the counts add up to what was scanned')
  for (const label of replicasOf(scenario)) {
    const name = label.slice('x:'.length) as 'replica' | 'other'
    const differences = lines.filter((line) => line.replica === label)
    checkReplica({ scenario, world, summary }, { name, label, differences })
  }
  const isWhole = summary.outcome === 'in-sync' || summary.outcome === 'different'
  if (isWhole && world.touched.size === 0 && files.exists(JOURNAL)) {
    await checkUndo(scenario, world, clock)
  }
}

interface Checked {
  readonly scenario: Scenario
  readonly world: World
  readonly summary: Summary
}

interface OneReplica {
  readonly name: 'replica' | 'other'
  readonly label: string
  readonly differences: readonly Difference[]
}

function checkReplica(
  { scenario, world, summary }: Checked,
  { name, label, differences }: OneReplica,
): void {
  const { master, options } = scenario
  const replica = scenario[name] ?? []
  const isTouched = (key: string) => world.touched.has(key)
  const told = differences.map(({ kind, key }) => ({ kind, key: keyOf(key as WireItem) }))
  expect(toldTwice(told, isTouched), [], `each line of the report once, of ${name}`)
  const { items, uncertain } = foretell({
    before: replica,
    master: world.all('master'),
    differences,
    keyOf,
    keyOfDifference: (key) => keyOf(key as WireItem),
  })
  const untouched = (all: Map<string, WireItem>) =>
    [...all].filter(([key]) => !isTouched(key) && !uncertain.has(key)).sort()
  const now = byKey(world.all(name))
  expect(untouched(now), untouched(items), `${name} holds what the report says`)
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
    'the planted differences are reported',
  )
  const counts = summary.replicas[label]
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
      'the counts match what was planted',
    )
    const written =
      (options.writeMissing ? of('missing') : 0) + (options.writeDiffering ? of('differing') : 0)
    const resolved = counts?.resolved ?? 0
    expect((counts?.written ?? 0) + resolved, written, 'what was asked for is written')
    expect(counts?.deleted, options.deleteExtra ? of('extra') : 0, 'what was asked for is deleted')
  }
  if (summary.outcome === 'in-sync') {
    const all = (table: TableName) => [...byKey(world.all(table))].sort()
    expect(all(name), all('master'), `${name} is in sync, and equals its master`)
  }
}

/** Replicas whose counts do not add up to what was read. */
function unbalanced({ replicas }: Summary) {
  return Object.values(replicas).filter((one) => {
    const same = one.sameAs + one.converged + one.newer + one.elsewhere
    const found = one.missing + one.differing + (one.extra ?? 0) + one.changed
    const gone = one.vanished + one.expired + one.unverified + one.unjudged
    return same + found + gone !== one.offered + one.scanned - one.matched
  })
}

/**
 * Keys that are reported twice with the same kind. A key that somebody deletes and puts back may be
 * missing twice, with another kind in between: it was mended.
 */
function toldTwice(
  told: readonly { readonly kind: string; readonly key: string }[],
  isTouched: (key: string) => boolean,
): string[] {
  const kinds = new Map<string, string[]>()
  const twice: string[] = []
  for (const { kind, key } of told) {
    const before = kinds.get(key) ?? []
    if (isTouched(key) ? before.at(-1) === kind : before.includes(kind)) twice.push(key)
    kinds.set(key, [...before, kind])
  }
  return twice
}

async function checkUndo(
  { replica, other }: Scenario,
  world: World,
  clock: VirtualClock,
): Promise<void> {
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
  world.endAbsences()
  const { outcome } = await clock.run(
    whose.run({ isDead: false }, () =>
      undo({ journal: JOURNAL, endpoint: REACH.endpoint } as UndoOptions, (name) => name),
    ),
    clock.now + LIMIT,
  )
  expect(outcome, 'in-sync', 'the undo is complete')
  const sorted = (items: readonly WireItem[]) => [...byKey(items)].sort()
  expect(sorted(world.all('replica')), sorted(replica), 'an undo restores the first contents')
  if (other === undefined) return
  expect(sorted(world.all('other')), sorted(other), 'on the other replica too')
}

async function read(file: string): Promise<string[]> {
  const text = String(await files.readFile(file, 'utf8'))
  return text.split('\n').filter((line) => line !== '')
}

function expect(found: unknown, wanted: unknown, what: string): void {
  if (isDeepStrictEqual(found, wanted)) return
  if (Array.isArray(found) && Array.isArray(wanted)) {
    // Shows only what the two lists do not share.
    const without = (all: unknown[], other: unknown[]) =>
      all.filter((one) => !other.some((each) => isDeepStrictEqual(one, each)))
    const [more, less] = [without(found, wanted), without(wanted, found)]
    if (more.length + less.length > 0) [found, wanted] = [more, less]
  }
  const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 600)
  throw new Error(`${what}: expected ${shown(wanted)}, found ${shown(found)}`)
}
