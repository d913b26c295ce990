/** Somebody who writes to a master, and a replication that follows its stream, some time behind. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams'
import { type Item, LOCAL_CREDENTIALS, type TestTable } from '../support/tables/tables.ts'

/** A write happened at some instant between the two. Epoch time in milliseconds. */
interface Write {
  readonly version: string
  readonly sent: number
  readonly answered: number
}

type Log = Map<string, Write[]>

export interface Replication {
  /** Writes of somebody to the master, by id. */
  readonly master: ReadonlyMap<string, readonly Write[]>
  /** The same writes, as they came to the replica. */
  readonly replica: ReadonlyMap<string, readonly Write[]>
  /** Settles when nothing writes any more. */
  stop(): Promise<void>
}

export interface ReplicationOptions {
  readonly master: TestTable
  readonly replica: TestTable
  /** Ids that somebody writes to, one after another. */
  readonly ids: readonly string[]
  readonly writesPerSecond: number
  readonly lagMs: number
}

const TICK = 50

/** Nobody writes while the oldest write is on its way for so much longer than the lag, in ms. */
const BEHIND = 500

/** At most this many writes to one table are under way. */
const TOGETHER = 40

export async function startReplication(options: ReplicationOptions): Promise<Replication> {
  const { master, replica, ids, writesPerSecond, lagMs } = options
  const config = {
    region: 'us-east-1',
    endpoint: master.endpoint,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 5,
  }
  const client = new DynamoDBClient(config)
  const streams = new DynamoDBStreamsClient(config)
  await client.send(
    new UpdateTableCommand({
      TableName: master.name,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  )
  const { Table } = await client.send(new DescribeTableCommand({ TableName: master.name }))
  const arn = String(Table?.LatestStreamArn)
  const logs = { master: new Map() as Log, replica: new Map() as Log }
  let isWriting = true
  let isFollowing = true
  let written = 0
  let followed = 0

  const logged = async (log: Log, item: Item, write: () => Promise<unknown>) => {
    const sent = Date.now()
    await write()
    const id = String(item['id']?.S)
    const writes = log.get(id) ?? []
    log.set(id, writes)
    writes.push({ version: String(item['version']?.N), sent, answered: Date.now() })
  }
  const put = (table: TestTable, item: Item) =>
    client.send(new PutItemCommand({ TableName: table.name, Item: item }))

  /** When each write was sent, in their order. */
  const sentAt: number[] = []
  // A machine that is busy may be slow to follow: the lag must stay well under the mismatch age.
  const isBehind = () => Date.now() - (sentAt[followed] ?? Date.now()) > lagMs + BEHIND

  const write = async () => {
    let began = Date.now()
    while (isWriting) {
      for (; isWriting && isBehind(); began += TICK) await sleep(TICK)
      const due = ((Date.now() - began) / 1000) * writesPerSecond
      const batch: Promise<void>[] = []
      while (written < due && batch.length < TOGETHER) {
        const id = ids[written % ids.length] as string
        const item = { id: { S: id }, version: { N: String(++written) } }
        sentAt.push(Date.now())
        batch.push(logged(logs.master, item, () => put(master, item)))
      }
      await Promise.all(batch)
      await sleep(TICK)
    }
  }

  const apply = async ({ dynamodb }: StreamRecord) => {
    const item = dynamodb?.NewImage as Item | undefined
    const Key = dynamodb?.Keys as Item
    if (item !== undefined) await logged(logs.replica, item, () => put(replica, item))
    else await client.send(new DeleteItemCommand({ TableName: replica.name, Key }))
    followed++
  }

  /** In the order of the stream: that of one key matters, and others go together. */
  const follow = async () => {
    const waiting: { readonly at: number; readonly record: StreamRecord }[] = []
    const iterators = await shardIterators(streams, arn)
    while (isFollowing) {
      for (const [shard, iterator] of iterators) {
        const { Records = [], NextShardIterator } = await streams.send(
          new GetRecordsCommand({ ShardIterator: iterator }),
        )
        for (const record of Records) waiting.push({ at: Date.now() + lagMs, record })
        if (NextShardIterator === undefined) iterators.delete(shard)
        else iterators.set(shard, NextShardIterator)
      }
      const due = waiting.findIndex(({ at }) => at > Date.now())
      let together = new Map<string, Promise<void>>()
      for (const { record } of waiting.splice(0, due < 0 ? waiting.length : due)) {
        const id = String(record.dynamodb?.Keys?.['id']?.S)
        if (together.has(id) || together.size === TOGETHER) {
          await Promise.all(together.values())
          together = new Map()
        }
        together.set(id, apply(record))
      }
      await Promise.all(together.values())
      await sleep(TICK)
    }
  }

  const work = [write(), follow()]
  return {
    ...logs,
    async stop() {
      isWriting = false
      await work[0]
      while (followed < written) await sleep(TICK)
      isFollowing = false
      await Promise.all(work)
      client.destroy()
      streams.destroy()
    },
  }
}

async function shardIterators(
  streams: DynamoDBStreamsClient,
  StreamArn: string,
): Promise<Map<string, string>> {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
  const iterators = new Map<string, string>()
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    )
    iterators.set(String(ShardId), String(ShardIterator))
  }
  return iterators
}

/**
 * Ids that were at no instant of a window the same on both sides, as far as the logs are sure of it.
 * `versionBefore` is what both had before the first write.
 */
export function neverEqual(
  { master, replica }: Pick<Replication, 'master' | 'replica'>,
  began: number,
  ended: number,
): string[] {
  return [...master.keys()].filter((id) => {
    const [ours, theirs] = [spans(master.get(id)), spans(replica.get(id))]
    return !ours.some((one) =>
      theirs.some(
        (other) =>
          one.version === other.version &&
          Math.max(one.from, other.from, began) <= Math.min(one.to, other.to, ended),
      ),
    )
  })
}

/** From when to when a side surely held each version. */
function spans(writes: readonly Write[] = []) {
  const first = { version: 'before', sent: 0, answered: 0 }
  return [first, ...writes].map(({ version, answered }, at) => ({
    version,
    from: answered,
    to: writes[at]?.sent ?? Number.POSITIVE_INFINITY,
  }))
}
