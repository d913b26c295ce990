/** The IAM policies that a run needs on each side, no wider. */
import type { TablePolicy } from '../../model/results/estimated-run.ts'
import { isStandIn } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'
import type { Tables } from '../tables/table-inspection.ts'

export function policiesOf(settings: Settings, { inspected, access }: Tables): TablePolicy[] {
  return access.map(({ label, region, tableName }, index) => {
    const table = inspected[index]
    const arn = table !== undefined && !isStandIn(table) ? table.facts.arn : undefined
    const resource = arn ?? `arn:aws:dynamodb:${region}:*:table/${tableName}`
    return { table: label, policy: policy(resource, actionsOn(settings, index)) }
  })
}

const policy = (resource: string, actions: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: actions.map((action) => `dynamodb:${action}`), Resource: resource },
  ],
})

/** A repair that is overtaken is corrected, so each kind of repair may need each kind of write. */
function actionsOn(settings: Settings, index: number): string[] {
  const { asked, strategy, scanForExtra, ttlAware, recheckPolicy, keyList } = settings
  const isReplica = index > 0
  const isScanned = keyList === undefined && (!isReplica || strategy !== 'lookup' || scanForExtra)
  const isWriting = asked.missing || asked.differing || asked.extra
  const isBatched = asked.missing && !recheckPolicy.looksAgain
  return [
    'DescribeTable',
    ...(isScanned ? ['Scan'] : []),
    'BatchGetItem',
    ...(ttlAware || isWriting ? ['DescribeTimeToLive'] : []),
    ...(isReplica && isWriting
      ? ['DescribeContinuousBackups', 'PutItem', 'UpdateItem', 'DeleteItem']
      : []),
    ...(isReplica && isBatched ? ['BatchWriteItem'] : []),
  ]
}
