/** A worker thread's context over in-memory tables, for segments compared in-process. */

import pLimit from 'p-limit'
import PQueue from 'p-queue'
import { InFlight } from '../../lib/dynamo/request/in-flight.ts'
import { itemComparer } from '../../lib/item/compare.ts'
import { openDigest } from '../../lib/item/digest.ts'
import { canonicalItem } from '../../lib/item/normalise.ts'
import { comparing, WHOLE } from '../../lib/item/places/compared.ts'
import { freshRecord, type SegmentRecord } from '../../lib/model/files/segment-record.ts'
import { zeroReplicaTally } from '../../lib/model/tally.ts'
import { DeadlineCalls } from '../../lib/protocol/deadline-calls.ts'
import type { Finding } from '../../lib/protocol/messages.ts'
import type { WorkerSetup } from '../../lib/protocol/setup.ts'
import { CanaryFlags } from '../../lib/protocol/shared/canary-flags.ts'
import { OrderRecord } from '../../lib/protocol/shared/order-record.ts'
import { Outages } from '../../lib/protocol/shared/outages.ts'
import { RecheckBudget } from '../../lib/protocol/shared/recheck-budget.ts'
import { Allowance } from '../../lib/protocol/shared/write-allowance.ts'
import type { CompareTask } from '../../lib/protocol/tasks.ts'
import { rateMemoryFor } from '../../lib/run/rate/rate-limits.ts'
import { keyOrigins } from '../../workers/change/key-origins.ts'
import type { SegmentControl } from '../../workers/coordinator.ts'
import { rulesOf } from '../../workers/hook-calls.ts'
import { AttributeNames } from '../../workers/keys/attribute-names.ts'
import { NumberKeys } from '../../workers/keys/number-keys.ts'
import type { Thread } from '../../workers/thread-context.ts'
import { RejectionStreak } from '../../workers/write/rejection-streak.ts'
import { type MemoryTable, PATIENCE } from './tables/memory-table.ts'

const digestOf = await openDigest()

export interface MemoryThreadOptions {
  readonly batchReadLimit?: number
  /** Rechecks that another thread has already claimed. */
  readonly keysClaimed?: number
  /** Whether suspects wait for a later recheck, as in every run that is not quiesced. */
  readonly looksAgain?: boolean
}

const budgets = new Map<string, BigInt64Array>()

/** A budget with that many keys claimed for each replica. Copied, since claiming takes long. */
function budgetWith(keysClaimed: number, replicas: number): SharedArrayBuffer {
  const memory = RecheckBudget.memoryFor(replicas + 1)
  const name = `${keysClaimed} ${replicas}`
  const known = budgets.get(name)
  if (known !== undefined) {
    new BigInt64Array(memory).set(known)
    return memory
  }
  const budget = new RecheckBudget(memory)
  for (let replica = 1; replica <= replicas; replica++) {
    for (let claimed = 0; claimed < keysClaimed; claimed++) {
      budget.claim(replica)
      budget.claimInARow(replica)
    }
  }
  budgets.set(name, new BigInt64Array(memory).slice())
  return memory
}

export function memoryThread(
  master: MemoryTable,
  replicas: readonly MemoryTable[],
  { batchReadLimit = 100, keysClaimed = 0, looksAgain = false }: MemoryThreadOptions = {},
): Thread {
  const recheckBudget = budgetWith(keysClaimed, replicas.length)
  const setup: WorkerSetup = {
    tables: [master.access, ...replicas.map(({ access }) => access)],
    timeouts: PATIENCE,
    compared: { ignore: [], only: [] },
    putsWhole: true,
    asked: { missing: false, differing: false, extra: false },
    write: { missing: false, differing: false, extra: false },
    consistentRead: false,
    batchReadLimit,
    newerWins: false,
    recheckPolicy: { looksAgain, minAge: 0, attempts: 5 },
    isJournaled: false,
    isWriting: false,
    tellDifferences: true,
    showValues: false,
    planning: 'nothing',
    canaryFlags: CanaryFlags.memoryFor(replicas.length + 1, false),
    putsInBatches: false,
    allowance: Allowance.memoryFor(undefined),
    recheckBudget,
    orderRecord: OrderRecord.memoryFor(replicas.length + 1),
    outages: Outages.memoryFor(replicas.length + 1),
    ...rateMemoryFor(replicas.length + 1),
  }
  const compared = comparing(setup.compared)
  return {
    setup,
    master,
    replicas: new Map(
      replicas.map((table) => [
        table.access.index,
        {
          table,
          lookups: pLimit(4),
          rechecks: new PQueue({ concurrency: 2 }),
          writes: pLimit(4),
          streak: new RejectionStreak(),
        },
      ]),
    ),
    comparer: itemComparer(digestOf, compared),
    compared,
    wholeDigest: (item) => digestOf(canonicalItem(item, WHOLE)),
    digest: (item) => digestOf(canonicalItem(item, compared)),
    rules: rulesOf({}, new DeadlineCalls(new AbortController().signal), new InFlight()),
    shape: { schema: master.access.keySchema, compared },
    allowance: new Allowance(setup.allowance),
    canary: new CanaryFlags(setup.canaryFlags),
    names: new AttributeNames(),
    budget: new RecheckBudget(recheckBudget),
    orderRecord: new OrderRecord(setup.orderRecord),
    numberKeys: new NumberKeys(master.access.keySchema),
    origins: keyOrigins(setup.change),
  }
}

export interface RecordedControl extends SegmentControl {
  readonly findings: Finding[]
  readonly wentOver: number[]
}

export function recordedControl(): RecordedControl {
  const findings: Finding[] = []
  const wentOver: number[] = []
  return {
    findings,
    wentOver,
    stopping: new AbortController().signal,
    isDetached: () => false,
    progress() {},
    isRecordDue: () => false,
    keep: async () => {},
    partEnded() {},
    ordersDiffer: (replica) => wentOver.push(replica),
    record: async () => {},
    allowanceSpent() {},
    roomForSuspects: async () => {},
    tell: async (finding) => void findings.push(finding),
    allTold: async () => {},
  }
}

export function compareTask(
  replicas: readonly number[],
  {
    strategy = 'march',
    ...task
  }: Partial<CompareTask> & Pick<Partial<SegmentRecord>, 'strategy'> = {},
): CompareTask {
  const fresh = freshRecord(strategy, task.startingKey, zeroReplicaTally())
  return {
    kind: 'compare',
    segment: 0,
    totalSegments: 1,
    replicas,
    from: Object.fromEntries(replicas.map((replica) => [replica, fresh])),
    intents: [],
    master: { scanned: 0, readUnits: 0 },
    mayGoOver: true,
    findExtras: true,
    ...task,
  }
}
