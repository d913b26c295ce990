/** Lists what of the master a new table does not get, each with the command that would make it. */
import type { BillingMode, TableDescription } from '@aws-sdk/client-dynamodb'
import type { NotMade } from '../../model/tables/planned-table.ts'
import type { Answered, Asides } from './asides.ts'
import { aboutArn, aboutScaling, aboutTable, type CommandTarget } from './aws-command.ts'
import { otherMembers } from './unknown-members.ts'

export interface Ends {
  readonly master: CommandTarget
  readonly replica: CommandTarget
}

/** @param billing of the new table */
export function notMade(
  table: TableDescription,
  asides: Asides,
  ends: Ends,
  billing: BillingMode | undefined,
): NotMade[] {
  return [
    ...described(table, ends),
    ...besides(asides, ends),
    ...scaling(billing, ends.master),
    ...otherMembers(table).map(({ member, path }) => ({
      what: `${member}, which tablesync does not know how to make`,
      command: [...aboutTable('describe-table', ends.master), '--query', `Table.${path}`],
      shows: true as const,
    })),
  ]
}

function described(table: TableDescription, { replica }: Ends): NotMade[] {
  const { StreamSpecification: stream, DeletionProtectionEnabled: isProtected } = table
  const update = (what: string, more: Readonly<Record<string, string | boolean | object>>) => ({
    what,
    command: aboutTable('update-table', replica, more),
  })
  const regions = (table.Replicas ?? []).map(({ RegionName = '' }) => RegionName)
  const others = regions.filter((name) => name !== '' && name !== regionOf(table.TableArn))
  return [
    ...(stream?.StreamEnabled
      ? [
          update(`stream of ${words(stream.StreamViewType)}`, {
            'stream-specification': {
              StreamEnabled: true,
              StreamViewType: stream.StreamViewType ?? 'NEW_AND_OLD_IMAGES',
            },
          }),
        ]
      : []),
    ...(isProtected
      ? [update('deletion protection', { 'deletion-protection-enabled': true })]
      : []),
    ...others
      .filter((name) => name !== replica.region)
      .map((RegionName) =>
        update(`global table in ${RegionName}`, {
          'replica-updates': [{ Create: { RegionName } }],
        }),
      ),
  ]
}

const regionOf = (arn: string | undefined) => arn?.split(':')[3]

const words = (view = 'NEW_AND_OLD_IMAGES') => view.toLowerCase().replaceAll('_', ' ')

function besides({ timeToLive, recovery, tags, policy, kinesis }: Asides, ends: Ends): NotMade[] {
  const { master, replica } = ends
  return [
    ...told('time to live', timeToLive, aboutTable('describe-time-to-live', master), (name) =>
      made(`time to live by ${name}`, 'update-time-to-live', {
        'time-to-live-specification': { Enabled: true, AttributeName: name },
      }),
    ),
    ...told(
      'point-in-time recovery',
      recovery,
      aboutTable('describe-continuous-backups', master),
      ({ days }) =>
        made(
          `point-in-time recovery${days === undefined ? '' : ` of ${days} days`}`,
          'update-continuous-backups',
          {
            'point-in-time-recovery-specification': {
              PointInTimeRecoveryEnabled: true,
              ...(days !== undefined && { RecoveryPeriodInDays: days }),
            },
          },
        ),
    ),
    ...told('tags', tags, aboutArn('list-tags-of-resource', master), (all) =>
      all.length === 0
        ? undefined
        : {
            what: `tags ${all.map(({ Key }) => Key).join(', ')}`,
            command: aboutArn('tag-resource', replica, { tags: all }),
          },
    ),
    ...told('resource policy', policy, aboutArn('get-resource-policy', master), (text) => ({
      what: 'resource policy',
      command: aboutArn('put-resource-policy', replica, { policy: moved(text, ends) }),
    })),
    ...told(
      'Kinesis streams',
      kinesis,
      aboutTable('describe-kinesis-streaming-destination', master),
      (arns) =>
        arns.map((arn) =>
          made(`changes into ${arn}`, 'enable-kinesis-streaming-destination', {
            'stream-arn': arn,
          }),
        ),
    ),
  ]

  function made(what: string, operation: string, more: Readonly<Record<string, string | object>>) {
    return { what, command: aboutTable(operation, replica, more) }
  }
}

function told<Value>(
  name: string,
  answer: Answered<Value>,
  command: readonly string[],
  tell: (value: NonNullable<Value>) => NotMade | readonly NotMade[] | undefined,
): readonly NotMade[] {
  if ('unknown' in answer) {
    return [{ what: `${name}: unknown, not looked at (${answer.unknown})`, command, shows: true }]
  }
  const { value } = answer
  return value === undefined || value === null ? [] : [tell(value) ?? []].flat()
}

/** A policy names its table by ARN. */
const moved = (policy: string, { master, replica }: Ends) =>
  master.arn === null || replica.arn === null ? policy : policy.replaceAll(master.arn, replica.arn)

/** Only provisioned units are scaled. */
function scaling(billing: BillingMode | undefined, master: CommandTarget): NotMade[] {
  if (billing !== 'PROVISIONED') return []
  const what = 'autoscaling: unknown, not looked at (another service)'
  return [{ what, command: aboutScaling(master), shows: true }]
}
