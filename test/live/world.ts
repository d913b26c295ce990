/**
 * Two live tables: writers on the master, a replicator that follows with a lag, and a judge that
 * sees each write of tablesync land on the replica.
 */
import type { WireItem } from '../../lib/model/wire.ts'
import type { StubTable } from '../support/tables/stub-table.ts'
import type { Body } from '../support/tables/stub-terms.ts'

export interface World {
  /** Updates of the master so far. */
  readonly updates: () => number
  /** Writes of tablesync that replaced a later version with an earlier one. */
  readonly staleOverwrites: readonly string[]
  /** Deletions by tablesync of items that the master had at that moment. */
  readonly wrongDeletes: readonly string[]
  /** Stops the writers, and settles once the replicator has caught up. */
  stop(): Promise<void>
}

export interface WorldOptions {
  readonly master: StubTable
  readonly replica: StubTable
  /** Ids of the items that the writers change. */
  readonly ids: readonly string[]
  readonly updatesPerSecond: number
  /** The longest lag of the replicator, in milliseconds. */
  readonly lag: number
  /** A number from 0 to 1, as `Math.random` gives it. */
  readonly random: () => number
}

const TICK = 10

export function startWorld({ master, replica, ids, lag, random, ...options }: WorldOptions): World {
  const began = Date.now()
  let updates = 0
  let version = 1_000_000
  const staleOverwrites: string[] = []
  const wrongDeletes: string[] = []
  /** By id, in the order of the master's writes: what the replicator still has to copy. */
  const log = new Map<string, { readonly at: number; readonly item: WireItem | undefined }[]>()

  const writer = setInterval(() => {
    const due = ((Date.now() - began) / 1000) * options.updatesPerSecond
    // In bursts: nothing for a while, and then all of it at once.
    if (random() < 0.1) while (updates < due) updateOne()
  }, TICK)
  const replicator = setInterval(() => replicate(Date.now()), TICK)

  function updateOne(): void {
    const id = ids[Math.floor(random() * ids.length)] as string
    const key = { id: { S: id } }
    updates++
    version++
    const item: WireItem | undefined =
      random() < 0.15 && master.at(key) !== undefined
        ? undefined
        : { ...key, v: { N: String(version) }, text: { S: `text ${version}` } }
    if (item === undefined) master.unset(key)
    else master.set(item)
    const queue = log.get(id) ?? []
    log.set(id, queue)
    // Never before an earlier change of the key: a replicator keeps the order of each key.
    const at = Math.max(queue.at(-1)?.at ?? 0, Date.now() + random() * lag)
    queue.push({ at, item })
  }

  function replicate(now: number): void {
    for (const [id, queue] of log) {
      while (queue[0] !== undefined && queue[0].at <= now) {
        const { item } = queue.shift() as { item: WireItem | undefined }
        if (item === undefined) replica.unset({ id: { S: id } })
        else replica.set(item)
      }
      if (queue.length === 0) log.delete(id)
    }
  }

  const versionOf = (item: WireItem | undefined) => Number((item?.['v'] as { N?: string })?.N ?? 0)
  const judged = (body: Body, carryOut: (body: Body) => void) => {
    const { id } = (body['Item'] ?? body['Key']) as { id: { S: string } }
    const before = replica.at({ id })
    carryOut(body)
    const after = replica.at({ id })
    const what = `${id.S}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`
    if (after === undefined && master.at({ id }) !== undefined) wrongDeletes.push(what)
    if (after !== undefined && versionOf(before) > versionOf(after)) staleOverwrites.push(what)
  }
  for (const operation of ['put', 'update', 'delete'] as const) {
    const carryOut = replica[operation].bind(replica)
    replica[operation] = (body) => judged(body, carryOut)
  }

  return {
    updates: () => updates,
    staleOverwrites,
    wrongDeletes,
    async stop() {
      clearInterval(writer)
      while (log.size > 0) await new Promise((resolve) => setTimeout(resolve, TICK))
      clearInterval(replicator)
    },
  }
}
