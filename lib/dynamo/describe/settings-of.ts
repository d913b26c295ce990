/**
 * What of a description is a setting. Each is named here: DescribeTable also has counts, ids, dates
 * and warm throughput, which differ between tables that are set up alike, and gets new fields.
 */
import type {
  GlobalSecondaryIndexDescription,
  Projection,
  TableDescription,
} from '@aws-sdk/client-dynamodb'
import { type TableSettings, TIME_TO_LIVE } from '../../model/tables/table-settings.ts'
import { indexesOf } from './description.ts'

/** @param ttlAttribute null: items do not expire; undefined: nobody knows */
export function settingsOf(
  table: TableDescription,
  ttlAttribute: string | null | undefined,
): TableSettings {
  const isOnDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  const settings: Record<string, string | undefined> = {
    billing: isOnDemand ? 'on-demand' : 'provisioned',
    ...capacityOf(table),
    'table class': words(table.TableClassSummary?.TableClass ?? 'STANDARD'),
    // A key of one region is never that of another, so its ARN is no setting.
    encryption: table.SSEDescription?.Status === 'ENABLED' ? 'KMS key' : 'key owned by AWS',
    stream: table.StreamSpecification?.StreamEnabled
      ? words(table.StreamSpecification.StreamViewType ?? '')
      : 'off',
    'deletion protection': table.DeletionProtectionEnabled ? 'on' : 'off',
    [TIME_TO_LIVE]: ttlAttribute === undefined ? undefined : (ttlAttribute ?? 'off'),
    ...indexSettings(table),
  }
  return Object.fromEntries(
    Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

type Provisioned = Pick<
  GlobalSecondaryIndexDescription,
  'ProvisionedThroughput' | 'OnDemandThroughput'
>

/** Units per second. An on-demand table has 0 provisioned units; a maximum of -1 means none. */
function capacityOf(of: Provisioned): Record<string, string | undefined> {
  const { ReadCapacityUnits: read, WriteCapacityUnits: write } = of.ProvisionedThroughput ?? {}
  const { MaxReadRequestUnits: mostRead, MaxWriteRequestUnits: mostWrite } =
    of.OnDemandThroughput ?? {}
  const units = (value: number | undefined) => (value && value > 0 ? String(value) : undefined)
  return {
    'read units': units(read),
    'write units': units(write),
    'most read units': units(mostRead),
    'most write units': units(mostWrite),
  }
}

function indexSettings(table: TableDescription): Record<string, string> {
  const globals = new Map(table.GlobalSecondaryIndexes?.map((one) => [one.IndexName, one]))
  const locals = new Map(table.LocalSecondaryIndexes?.map((one) => [one.IndexName, one]))
  return Object.fromEntries(
    indexesOf(table).map(({ name, isLocal, key }) => {
      const index: GlobalSecondaryIndexDescription | undefined = isLocal
        ? locals.get(name)
        : globals.get(name)
      const capacity = Object.entries(capacityOf(index ?? {}))
        .filter(([, value]) => value !== undefined)
        .map(([unit, value]) => `${value} ${unit}`)
      const parts = [isLocal ? 'local' : 'global', key, projected(index?.Projection), ...capacity]
      return [`index ${name}`, parts.join('; ')]
    }),
  )
}

function projected({ ProjectionType, NonKeyAttributes = [] }: Projection = {}): string {
  if (ProjectionType === 'INCLUDE') return `key and ${[...NonKeyAttributes].sort().join(', ')}`
  return ProjectionType === 'KEYS_ONLY' ? 'key only' : 'all attributes'
}

/** `NEW_AND_OLD_IMAGES`: `new and old images`. */
const words = (value: string) => value.toLowerCase().replaceAll('_', ' ')
