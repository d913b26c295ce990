/** What all tasks of a thread share: tables, hasher, and limits on what is under way. */
import pLimit, { type LimitFunction } from 'p-limit'
import PQueue from 'p-queue'
import { underOwnKeys } from '../lib/dynamo/changed/own-keys.ts'
import type { ItemShape } from '../lib/dynamo/conditions.ts'
import {
  openMaster,
  openReplica,
  type ReadableTable,
  type WritableTable,
} from '../lib/dynamo/item-table.ts'
import type { InFlight } from '../lib/dynamo/request/in-flight.ts'
import { type ItemComparer, itemComparer } from '../lib/item/compare.ts'
import { type Digest, openDigest } from '../lib/item/digest.ts'
import { canonicalItem } from '../lib/item/normalise.ts'
import { type Compared, comparing, WHOLE } from '../lib/item/places/compared.ts'
import type { HeldCredentials } from '../lib/model/tables/aws-credentials.ts'
import { MASTER, type TableIndex } from '../lib/model/tables/table.ts'
import type { Milliseconds } from '../lib/model/units.ts'
import type { WireItem } from '../lib/model/wire.ts'
import type { ClaimRequests } from '../lib/protocol/claim-requests.ts'
import type { WorkerSetup } from '../lib/protocol/setup.ts'
import { CanaryFlags } from '../lib/protocol/shared/canary-flags.ts'
import { OrderRecord } from '../lib/protocol/shared/order-record.ts'
import { Outages } from '../lib/protocol/shared/outages.ts'
import { RecheckBudget } from '../lib/protocol/shared/recheck-budget.ts'
import { TokenBuckets } from '../lib/protocol/shared/token-buckets.ts'
import { Traffic } from '../lib/protocol/shared/traffic.ts'
import { Allowance } from '../lib/protocol/shared/write-allowance.ts'
import { openMasterChange } from './change/changed-master.ts'
import { type KeyOrigins, keyOrigins } from './change/key-origins.ts'
import { type HookCalls, openHookCalls } from './hook-calls.ts'
import { AttributeNames } from './keys/attribute-names.ts'
import { NumberKeys } from './keys/number-keys.ts'
import { RejectionStreak } from './write/rejection-streak.ts'

/** A replica's table, and its queues for reads by key, rechecks, and writes. */
export interface ReplicaClient {
  readonly table: WritableTable
  readonly lookups: LimitFunction
  readonly rechecks: PQueue
  readonly writes: LimitFunction
  readonly streak: RejectionStreak
}

/** What one task sees of its thread. */
export interface Thread {
  readonly setup: WorkerSetup
  readonly master: ReadableTable
  /** By table index. */
  readonly replicas: ReadonlyMap<TableIndex, ReplicaClient>
  readonly comparer: ItemComparer
  readonly compared: Compared
  /** Digest of all of an item, even of what is not compared. */
  readonly wholeDigest: (item: WireItem) => Digest
  /** Digest of what is compared. */
  readonly digest: (item: WireItem) => Digest
  readonly shape: ItemShape
  readonly rules: HookCalls
  readonly allowance: Allowance
  readonly canary: CanaryFlags
  /** Names of attributes that items of either side have. */
  readonly names: AttributeNames
  readonly budget: RecheckBudget
  readonly orderRecord: OrderRecord
  readonly numberKeys: NumberKeys
  readonly origins: KeyOrigins
}

/** `task`: the requests and hooks that the task itself has in flight. */
export type OpenThread = (task: InFlight, claims: ClaimRequests) => Thread

/** How long answers are waited for once the run is to end. */
const GRACE: Milliseconds = 10_000

const LOOKUPS = 4
/** Each recheck holds up to a batch of items from either side. */
const RECHECKS = 4
const WRITES = 32
/** Enough to fill four requests of 25 puts each. */
const WRITES_IN_BATCHES = 100

export async function openThread(
  setup: WorkerSetup,
  credentials: (table: TableIndex, refused?: string) => Promise<HeldCredentials>,
  ending: AbortSignal,
): Promise<OpenThread> {
  const compared = comparing(setup.compared)
  const digestOf = await openDigest()
  const tokenBuckets = new TokenBuckets(setup.tokenBuckets)
  const traffic = new Traffic(setup.traffic)
  const outages = new Outages(setup.outages)
  const options = (table: TableIndex) => ({
    credentials: (refused?: string) => credentials(table, refused),
    timeouts: setup.timeouts,
    tokenBuckets,
    traffic,
    outages,
  })
  const [masterAccess, ...replicas] = setup.tables
  if (masterAccess === undefined) throw new Error('a run has a master')
  const openedMaster = openMaster(masterAccess, options(MASTER))
  const clients = replicas.map((access) => ({
    index: access.index,
    opened: openReplica(access, options(access.index)),
    queues: {
      lookups: pLimit(LOOKUPS),
      rechecks: new PQueue({ concurrency: RECHECKS }),
      writes: pLimit(setup.putsInBatches ? WRITES_IN_BATCHES : WRITES),
    },
    streak: new RejectionStreak(),
  }))
  const endRequests = () => {
    for (const table of [openedMaster, ...clients.map(({ opened }) => opened)]) table.endRequests()
  }
  ending.addEventListener('abort', () => setTimeout(endRequests, GRACE).unref(), { once: true })
  const openedRules = await openHookCalls(setup.hooks, ending)
  const changedMaster = openMasterChange(setup, masterAccess.keySchema, digestOf)
  const comparer = itemComparer(digestOf, compared)
  const wholeDigest = (item: WireItem) => digestOf(canonicalItem(item, WHOLE))
  const digest = (item: WireItem) => digestOf(canonicalItem(item, compared))
  const shape = { schema: masterAccess.keySchema, compared, version: setup.versionAttribute }
  const allowance = new Allowance(setup.allowance, setup.sharedAllowance)
  const canary = new CanaryFlags(setup.canaryFlags)
  const budget = new RecheckBudget(setup.recheckBudget)
  const numberKeys = new NumberKeys(masterAccess.keySchema)
  const orderRecord = new OrderRecord(setup.orderRecord)
  const names = new AttributeNames()
  const origins = keyOrigins(setup.change)
  const mayChangeKeys = setup.change?.mayChangeKeys === true
  const clientFor = (
    { opened, queues, streak }: (typeof clients)[number],
    task: InFlight,
  ): ReplicaClient => ({
    table: mayChangeKeys ? underOwnKeys(opened.of(task)) : opened.of(task),
    lookups: queues.lookups,
    rechecks: queues.rechecks,
    writes: queues.writes,
    streak,
  })
  // Spelt out: objects that are put together from others differ in shape to the engine. It would
  // compile all code that reads them again for each task.
  return (task, claims) => {
    const rules = openedRules(task)
    return {
      setup,
      master: changedMaster(openedMaster.of(task), rules, claims),
      replicas: new Map(clients.map((client) => [client.index, clientFor(client, task)])),
      comparer,
      compared,
      wholeDigest,
      digest,
      shape,
      rules,
      allowance,
      canary,
      names,
      budget,
      orderRecord,
      numberKeys,
      origins,
    }
  }
}
