/** Prepares writes: how each is sent, on what condition, and what it finds and leaves. */

import type { WriteResult } from '../../lib/dynamo/conditional-write.ts'
import { absent, type ItemShape, unchanged } from '../../lib/dynamo/conditions.ts'
import { refusalOf } from '../../lib/dynamo/lookup-result.ts'
import { isEnded, mayPass } from '../../lib/dynamo/request/request-errors.ts'
import { updateTo } from '../../lib/dynamo/update-expression.ts'
import { asTablesyncError } from '../../lib/errors.ts'
import { itemText, parseItem } from '../../lib/item/compare.ts'
import type { KeyText } from '../../lib/item/key.ts'
import { isReplicationAttribute } from '../../lib/item/places/compared.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenItem } from '../../lib/model/pending-recheck.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { Thread } from '../thread-context.ts'
import type { BothSides } from '../verify/sides.ts'

export interface PreparedWrite {
  readonly key: KeyText
  readonly action: 'written' | 'deleted'
  /** What the write finds if its condition holds; undefined: no item. */
  readonly before: WireItem | undefined
  /** Works out what the write leaves; undefined: no item. */
  readonly after: () => WireItem | undefined
  /** The digest of that, worked out once; null: no item. */
  readonly leaves: () => SeenItem
  readonly send: () => Promise<WriteResult>
  /** Present: the condition could not compare all of the item. */
  readonly isPartial?: true
  /** Present: the item needs another write before it is as wanted. */
  readonly isPart?: true
}

type Key = { readonly key: KeyText }

/** The write that ends a difference. */
export function repairing(
  replicaTask: ReplicaTask,
  relation: DifferenceKind,
  { key, master, replica, isAlone }: BothSides & Key & { readonly isAlone?: boolean | undefined },
): PreparedWrite {
  const { shape, names } = replicaTask.thread
  const seen = replica && parseItem(replica.page, replica.item)
  if (seen !== undefined) names.note(seen)
  if (relation === 'extra' && seen !== undefined) return deleting(replicaTask, { key, seen })
  if (master === undefined || refusalOf(master)) throw new Error('no item to write')
  if (relation === 'missing') {
    if (!replicaTask.thread.setup.putsWhole) throw new Error('no item may be put whole')
    return putting(replicaTask, {
      key,
      item: withoutReplication(itemText(master.page, master.item)),
      ...(isAlone && { isAlone }),
    })
  }
  if (seen === undefined) throw new Error('no item to compare with')
  const wanted = parseItem(master.page, master.item)
  return updating(replicaTask, { key, wanted, seen, shape })
}

/** `item`: DynamoDB JSON text. `isAlone`: it must not go out with others, without a condition. */
export function putting(
  { client, schema, thread }: ReplicaTask,
  { key, item, isAlone = false }: Key & { readonly item: string; readonly isAlone?: boolean },
): PreparedWrite {
  const isInBatch = thread.setup.putsInBatches && !isAlone
  const putAlone = () => client.table.write.put(item, absent(schema))
  /** A batch is rejected as a whole: to find the item at fault, each is sent alone. */
  const putInBatch = () =>
    client.table.putInBatch(item).catch((thrown: unknown) => {
      const error = asTablesyncError(thrown)
      if (mayPass(error) || isEnded(error)) throw error
      return putAlone()
    })
  return {
    key,
    action: 'written',
    before: undefined,
    ...leaving(thread, () => JSON.parse(item) as WireItem),
    send: isInBatch ? putInBatch : putAlone,
  }
}

export function updating(
  { client, thread }: ReplicaTask,
  {
    key,
    wanted,
    seen,
    shape,
  }: Key & { readonly wanted: WireItem; readonly seen: WireItem; readonly shape: ItemShape },
): PreparedWrite {
  const expression = updateTo(wanted, seen, shape)
  return {
    key,
    action: 'written',
    before: seen,
    ...leaving(thread, () => expression.apply(seen)),
    send: () => client.table.write.update(key, expression),
    ...(expression.isPartial && { isPartial: true }),
    ...(!expression.complete && { isPart: true }),
  }
}

export function deleting(
  { client, thread }: ReplicaTask,
  {
    key,
    seen,
    shape = thread.shape,
  }: Key & { readonly seen: WireItem; readonly shape?: ItemShape },
): PreparedWrite {
  const expression = unchanged(seen, shape, thread.names.known)
  return {
    key,
    action: 'deleted',
    before: seen,
    ...leaving(thread, () => undefined),
    send: () => client.table.write.delete(key, expression),
    ...(expression.isPartial && { isPartial: true }),
  }
}

function leaving(
  { digest }: Thread,
  after: () => WireItem | undefined,
): Pick<PreparedWrite, 'after' | 'leaves'> {
  let known: SeenItem | undefined
  const leaves = () => {
    if (known !== undefined) return known
    const item = after()
    known = item === undefined ? null : digest(item)
    return known
  }
  return { after, leaves }
}

/** The item as it came, without the attributes that old global tables keep beside it. */
export function withoutReplication(item: string): string {
  if (!item.includes('aws:rep:') && !item.includes('\\')) return item
  const members = Object.entries(JSON.parse(item) as WireItem)
  return JSON.stringify(
    Object.fromEntries(members.filter(([name]) => !isReplicationAttribute(name))),
  )
}
