/** A master that has all that a table may have, on the stand-in; and what of it is carried over. */
import type { WireItem } from 'tablesync'
import type { Env } from '../support/command/run-cli.ts'
import { type ModelledService, startModelledService } from '../support/tables/modelled-service.ts'
import type { Test } from '../support/tap.ts'

type Description = Readonly<Record<string, unknown>>

export const ACCOUNT = '111122223333'

const key = (AttributeName: string, KeyType = 'HASH') => ({ AttributeName, KeyType })
const attribute = (AttributeName: string, AttributeType: string) => ({
  AttributeName,
  AttributeType,
})

/** A sort key, two global indexes, a local one, and an attribute that none of them uses. */
export const FULL: Description = {
  KeySchema: [key('id'), key('at', 'RANGE')],
  AttributeDefinitions: [
    ...[attribute('at', 'N'), attribute('city', 'S'), attribute('id', 'S')],
    ...[attribute('score', 'N'), attribute('unused', 'B')],
  ],
  BillingModeSummary: { BillingMode: 'PROVISIONED' },
  ProvisionedThroughput: { ReadCapacityUnits: 700, WriteCapacityUnits: 300 },
  TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-city',
      KeySchema: [key('city'), key('score', 'RANGE')],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['b', 'a'] },
      ProvisionedThroughput: { ReadCapacityUnits: 20, WriteCapacityUnits: 10 },
      IndexStatus: 'ACTIVE',
      ItemCount: 3,
      IndexArn: 'arn:x',
      WarmThroughput: { ReadUnitsPerSecond: 12_000, Status: 'ACTIVE' },
    },
    {
      IndexName: 'by-score',
      KeySchema: [key('score')],
      Projection: { ProjectionType: 'KEYS_ONLY' },
      ProvisionedThroughput: { ReadCapacityUnits: 6, WriteCapacityUnits: 5 },
      IndexStatus: 'ACTIVE',
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'near',
      KeySchema: [key('id'), key('city', 'RANGE')],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  ItemCount: 3,
  TableSizeBytes: 300,
  WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: 'ACTIVE' },
}

export const ITEMS: readonly WireItem[] = ['1', '2', '3'].map((n) => ({
  id: { S: `item-${n}` },
  at: { N: n },
  city: { S: 'Bern' },
  score: { N: n },
}))

/**
 * What a description says of how a table is made, field by field. It knows nothing of how tablesync
 * reads descriptions.
 */
export function carriedIn(description: Description): object {
  const list = (name: string) => (description[name] ?? []) as Description[]
  const byName = (indexes: readonly Description[]) =>
    [...indexes]
      .map(({ IndexName, KeySchema, Projection, ProvisionedThroughput: units }) => {
        const { ProjectionType, NonKeyAttributes = [] } = Projection as {
          ProjectionType: string
          NonKeyAttributes?: string[]
        }
        return {
          ...{ IndexName, KeySchema, ProjectionType },
          NonKeyAttributes: [...NonKeyAttributes].sort(),
          units: unitsIn(units),
        }
      })
      .sort((a, b) => (String(a.IndexName) < String(b.IndexName) ? -1 : 1))
  const used = [description, ...list('GlobalSecondaryIndexes'), ...list('LocalSecondaryIndexes')]
    .flatMap(({ KeySchema }) => KeySchema as Description[])
    .map(({ AttributeName }) => AttributeName)
  return {
    key: description['KeySchema'],
    attributes: list('AttributeDefinitions')
      .filter(({ AttributeName }) => used.includes(AttributeName))
      .map(({ AttributeName, AttributeType }) => `${AttributeName} ${AttributeType}`)
      .sort(),
    billing:
      (description['BillingModeSummary'] as Description | undefined)?.['BillingMode'] ??
      'PROVISIONED',
    units: unitsIn(description['ProvisionedThroughput']),
    limits: description['OnDemandThroughput'],
    tableClass:
      (description['TableClassSummary'] as Description | undefined)?.['TableClass'] ?? 'STANDARD',
    globals: byName(list('GlobalSecondaryIndexes')),
    locals: byName(list('LocalSecondaryIndexes')),
    encryption: description['SSEDescription'],
  }
}

const unitsIn = (of: unknown) => {
  const { ReadCapacityUnits = 0, WriteCapacityUnits = 0 } = (of ?? {}) as Record<string, number>
  return `${ReadCapacityUnits} ${WriteCapacityUnits}`
}

export interface World {
  readonly service: ModelledService
  /** Where STS is. */
  readonly env: Env
  /** Makes the table Copy like the table Orders. */
  readonly args: readonly string[]
}

/** Closed with the test, which fails if the service was asked for what its model does not know. */
export async function openWorld(t: Test): Promise<World> {
  const service = await startModelledService()
  t.teardown(async () => {
    await service.close()
    // An assertion would come too late to count.
    if (service.violations.length > 0) throw new Error(service.violations.join('\n'))
  })
  const tables = ['-m', 'us-east-1:Orders', '-r', 'us-east-1:Copy', '--endpoint', service.endpoint]
  return {
    service,
    env: { AWS_ENDPOINT_URL_STS: service.endpoint },
    args: [...tables, '--write-missing', '--create-replica'],
  }
}

export const UNATTENDED = ['--yes', '--expect-account', ACCOUNT]
