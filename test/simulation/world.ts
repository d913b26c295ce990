/**
 * A DynamoDB driven by a seed: a master and replicas, all that can go wrong with them, somebody who
 * writes to the master, and a replication that lags.
 */

import type { WireItem } from '../../lib/model/wire.ts'
import { StubTable } from '../support/tables/stub-table.ts'
import { type Body, Refusal } from '../support/tables/stub-terms.ts'
import type { VirtualClock } from './clock.ts'

/** How often, from 0 to 1. */
export interface Faults {
  readonly throttled: number
  readonly refused: number
  /** Carried out, but answered with an error. */
  readonly landed: number
  readonly cut: number
  /** Never answered; half of these requests are carried out. */
  readonly silent: number
  readonly partial: number
  readonly emptyPage: number
  /** Eventually consistent reads that return an earlier state. */
  readonly stale: number
  /** How long a page of a scan takes at most. */
  readonly scanLatency: number
}

/** Nobody answers for the table, from the first request of the run after `at` on. */
export interface Absence {
  readonly table: string
  readonly at: number
  readonly length: number
  /** Whether connections are refused, or requests get no answer. */
  readonly isRefused: boolean
}

/** Sees what happens to the tables. */
export interface Observer {
  /** The answer of a consistent read by key; undefined: no item. */
  served(table: string, key: WireItem, item: WireItem | undefined): void
  /** A write of tablesync was carried out on the replica. */
  landed(write: {
    readonly table: string
    readonly operation: string
    readonly key: WireItem
    readonly before: WireItem | undefined
    readonly after: WireItem | undefined
  }): void
  /** DescribeTable answered for the table. */
  described(table: string): void
  /** The error to refuse a request with; undefined: it is not refused. */
  refuses(operation: string, body: Body): string | undefined
}

export interface Answer {
  readonly statusCode: number
  readonly bytes: Buffer
  readonly isCut?: boolean
}

const KEY = [{ name: 'id', type: 'S' }] as const

export const LATENCY = 12
const CHECK_SEGMENTS = 100_000

/** How far eventually consistent reads lag behind, at most. */
const BEHIND = 400

export type TableName = 'master' | 'replica' | 'other'

interface Table {
  readonly now: StubTable
  /** The earlier state that some nodes still have. */
  readonly before: StubTable
}

export class World {
  readonly #tables: { readonly [name: string]: Table }
  readonly #clock: VirtualClock
  readonly #random: () => number
  faults: Faults
  /** Keys that somebody wrote to while the run was on. */
  readonly touched = new Set<string>()
  requests = 0
  observer: Observer | undefined
  readonly #absences: Absence[]
  /** The present absence of each table, and when it ends. */
  readonly #absent = new Map<string, Absence & { readonly until: number }>()
  /** Hears of each change of a table, whoever made it. */
  onChange: (table: string, key: WireItem, item: WireItem | undefined) => void = () => {}
  onScan: (table: string, segment: number, afterId: string | undefined) => void = () => {}

  constructor(
    clock: VirtualClock,
    random: () => number,
    faults: Faults,
    items: {
      readonly master: readonly WireItem[]
      readonly replica: readonly WireItem[]
      readonly other?: readonly WireItem[]
      readonly absences: readonly Absence[]
    },
  ) {
    this.#absences = [...items.absences]
    this.#clock = clock
    this.#random = random
    this.faults = faults
    const table = (name: TableName) => ({
      now: new StubTable(name, KEY, items[name] ?? []),
      before: new StubTable(name, KEY, items[name] ?? []),
    })
    this.#tables = {
      master: table('master'),
      replica: table('replica'),
      ...(items.other !== undefined && { other: table('other') }),
    }
    for (const [name, { now }] of Object.entries(this.#tables)) {
      now.described = { TableId: `${name}-1` }
    }
  }

  all(name: TableName): WireItem[] {
    return this.#table(name).now.all()
  }

  /** Somebody writes to one of the tables alone. */
  writeTo(name: 'master' | 'replica', id: string, item: WireItem | undefined): void {
    this.touched.add(id)
    const { now } = this.#table(name)
    if (item === undefined) now.unset({ id: { S: id } })
    else now.set(item)
    this.#follow(name, { id: { S: id } })
  }

  at(name: 'master' | 'replica', id: string): WireItem | undefined {
    return this.#table(name).now.at({ id: { S: id } })
  }

  /** Somebody deletes the table, and creates another one with its name. */
  makeAnew(name: 'master' | 'replica', items: readonly WireItem[]): void {
    const { now, before } = this.#table(name)
    for (const { id } of [...now.all(), ...items]) {
      this.touched.add((id as { readonly S: string }).S)
    }
    now.makeAnew({ TableId: `${name}-2` }, items)
    before.makeAnew({}, items)
  }

  /** Somebody writes to the master, and the replicas follow. */
  write(id: string, item: WireItem | undefined, lag: number): void {
    this.touched.add(id)
    const set = (name: string) => {
      const { now } = this.#table(name)
      if (item === undefined) now.unset({ id: { S: id } })
      else now.set(item)
      this.#follow(name, { id: { S: id } })
    }
    set('master')
    for (const name of Object.keys(this.#tables).slice(1)) this.#clock.set(() => set(name), lag)
  }

  async answer(operation: string, body: Body, timeout: number): Promise<Answer> {
    this.requests++
    const { faults } = this
    const happens = (chance: number) => this.#random() < chance
    const latency = operation === 'Scan' ? faults.scanLatency : LATENCY
    await this.#clock.sleep(1 + this.#random() * latency)
    await this.#absence(operation, body, timeout)
    if (operation.startsWith('Describe')) return ok(this.#describe(operation, body))
    if (happens(faults.silent)) {
      if (happens(0.5)) this.#carryOut(operation, body)
      await this.#clock.sleep(timeout)
      throw Object.assign(new Error('no answer in time'), { name: 'TimeoutError' })
    }
    if (happens(faults.throttled)) return refusal('ProvisionedThroughputExceededException', 400)
    if (happens(faults.refused)) return refusal('InternalServerError', 500)
    const refused = this.observer?.refuses(operation, body)
    if (refused !== undefined) return refusal(refused, 400)
    const answer = this.#carryOut(operation, body)
    await this.#clock.sleep(this.#random() * LATENCY)
    if (happens(faults.landed)) return refusal('InternalServerError', 500)
    return { ...answer, isCut: happens(faults.cut) }
  }

  /** A resumed run finds its tables available. */
  endAbsences(): void {
    this.#absent.clear()
  }

  async #absence(operation: string, body: Body, timeout: number): Promise<void> {
    const { now } = this.#clock
    const table = String(body['TableName'] ?? Object.keys(body['RequestItems'] as object)[0])
    const isOfRun = operation !== 'BatchGetItem' && !operation.startsWith('Describe')
    const isCheck = body['TotalSegments'] === CHECK_SEGMENTS
    const next = this.#absences.findIndex((one) => one.table === table && one.at <= now)
    if (next >= 0 && isOfRun && !isCheck) {
      const [absence] = this.#absences.splice(next, 1) as [Absence]
      this.#absent.set(table, { ...absence, until: now + absence.length })
    }
    const absent = this.#absent.get(table)
    if (absent === undefined || absent.until <= now) return
    if (absent.isRefused) {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    }
    await this.#clock.sleep(timeout)
    throw Object.assign(new Error('no answer in time'), { name: 'TimeoutError' })
  }

  #table(name: unknown): Table {
    const table = this.#tables[String(name)]
    if (table === undefined) throw new Error(`no table ${name}`)
    return table
  }

  #describe(operation: string, body: Body): Body {
    const { now } = this.#table(body['TableName'])
    if (operation === 'DescribeTable') {
      this.observer?.described(now.name)
      return now.describe()
    }
    return operation === 'DescribeTimeToLive' ? now.describeTimeToLive() : {}
  }

  #carryOut(operation: string, body: Body): Answer {
    try {
      return ok(this.#done(operation, body))
    } catch (error) {
      if (!(error instanceof Refusal) || error.type === 'ValidationException') throw error
      return refusal(error.type, 400)
    }
  }

  #done(operation: string, body: Body): Body {
    const written = { ConsumedCapacity: { CapacityUnits: 1 } }
    switch (operation) {
      case 'Scan': {
        const after = body['ExclusiveStartKey'] as
          | { readonly id: { readonly S: string } }
          | undefined
        // The preflight scans one of this many segments of each table.
        if (body['TotalSegments'] !== CHECK_SEGMENTS) {
          this.onScan(String(body['TableName']), Number(body['Segment'] ?? 0), after?.id.S)
        }
        if (after !== undefined && this.#random() < this.faults.emptyPage) {
          return { Items: [], Count: 0, LastEvaluatedKey: after }
        }
        return this.#seen(body['TableName'], body['ConsistentRead']).scan(body)
      }
      case 'BatchGetItem':
        return this.#batchGet(body)
      case 'BatchWriteItem':
        return this.#batchWrite(body)
      default: {
        const { TableName, Key, Item } = body as { readonly [name: string]: WireItem }
        const { now } = this.#table(TableName)
        const key = now.keyOf((Key ?? Item) as WireItem)
        const before = now.at(key)
        if (operation === 'PutItem') now.put(body)
        else if (operation === 'UpdateItem') now.update(body)
        else now.delete(body)
        this.observer?.landed({ table: now.name, operation, key, before, after: now.at(key) })
        this.#follow(String(TableName), key)
        return written
      }
    }
  }

  #batchGet(body: Body): Body {
    const [[name, request] = ['', {}]] = Object.entries(
      body['RequestItems'] as Record<string, Body>,
    )
    const keys = request['Keys'] as readonly WireItem[]
    const table = this.#seen(name, request['ConsistentRead'])
    const isPartial = keys.length > 1 && this.#random() < this.faults.partial
    const served = isPartial ? Math.floor(this.#random() * keys.length) : keys.length
    const items = served === 0 ? [] : table.get({ ...request, Keys: keys.slice(0, served) })
    const left = keys.slice(served)
    if (request['ConsistentRead'] === true) {
      for (const key of keys.slice(0, served)) this.observer?.served(name, key, table.at(key))
    }
    return {
      Responses: { [name]: items },
      UnprocessedKeys: left.length === 0 ? {} : { [name]: { Keys: left } },
      ConsumedCapacity: [{ CapacityUnits: served }],
    }
  }

  #batchWrite(body: Body): Body {
    const [[name, requests] = ['', []]] = Object.entries(
      body['RequestItems'] as Record<string, Body[]>,
    )
    const isPartial = requests.length > 1 && this.#random() < this.faults.partial
    const served = isPartial ? Math.floor(this.#random() * requests.length) : requests.length
    const done = requests.slice(0, served)
    const { now } = this.#table(name)
    const keys = done.map(({ PutRequest }) => now.keyOf((PutRequest as { Item: WireItem }).Item))
    const before = keys.map((key) => now.at(key))
    if (done.length > 0) now.putAll(done)
    for (const [at, key] of keys.entries()) {
      const sides = { before: before[at], after: now.at(key) }
      this.observer?.landed({ table: name, operation: 'BatchWriteItem', key, ...sides })
      this.#follow(name, key)
    }
    const left = requests.slice(served)
    return {
      UnprocessedItems: left.length === 0 ? {} : { [name]: left },
      ConsumedCapacity: [{ CapacityUnits: served }],
    }
  }

  /** What a read sees: not all nodes have the last writes yet. */
  #seen(name: unknown, isConsistent: unknown): StubTable {
    const { now, before } = this.#table(name)
    return isConsistent !== true && this.#random() < this.faults.stale ? before : now
  }

  /** The lagging nodes get a write later. */
  #follow(name: string, key: WireItem): void {
    const { now, before } = this.#table(name)
    this.onChange(name, key, now.at(key))
    const timer = this.#clock.set(() => {
      const item = now.at(key)
      if (item === undefined) before.unset(key)
      else before.set(item)
    }, this.#random() * BEHIND)
    // The writer may die; its write stays.
    timer.owner = undefined
  }
}

const ok = (body: Body): Answer => ({
  statusCode: 200,
  bytes: Buffer.from(JSON.stringify(body)),
})

const refusal = (type: string, statusCode: number): Answer => ({
  statusCode,
  bytes: Buffer.from(JSON.stringify({ __type: `x#${type}`, message: 'as the seed wants it' })),
})
