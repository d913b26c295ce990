/** What a table is called, where it is, and what is known about it. */

import type { Bytes } from '../units.ts'
import type { KnownCapacities } from './capacity.ts'
import type { TableSettings } from './table-settings.ts'

/** The master is table 0; replicas follow in the order they were given. */
export type TableIndex = number

export const MASTER: TableIndex = 0

export type KeyType = 'S' | 'N' | 'B'

export interface KeyAttribute {
  readonly name: string
  readonly type: KeyType
}

/** Partition key first, then the sort key if the table has one. */
export type KeySchema = readonly [KeyAttribute] | readonly [KeyAttribute, KeyAttribute]

/** A table as the user names it. */
export interface TableRef {
  /** As given: `<region>:<table>` or an ARN. Replicas are reported under it. */
  readonly label: string
  readonly region: string
  readonly name: string
  /** Absent: the table is in the account of the credentials. */
  readonly account?: string
  /** Absent: the table was named without its ARN. */
  readonly arn?: string
  /** Absent: the SDK's own choice for the region. */
  readonly endpoint?: string
  /** Who gave the endpoint: flag, variable or profile. Absent: it was given with the table. */
  readonly endpointFrom?: string
  /** How the SDK's own choice differs from the usual one. */
  readonly variants?: readonly EndpointVariant[]
}

export interface EndpointVariant {
  readonly kind: 'FIPS' | 'dual-stack'
  /** Who turned it on: a variable or a profile. */
  readonly from: string
}

/** What the service says about a table; everything but the key may be unknown. */
export interface TableFacts {
  readonly keySchema: KeySchema
  readonly arn: string | undefined
  readonly tableId: string | undefined
  /** When it was created: ISO 8601. */
  readonly createdAt: string | undefined
  /** Refreshed by the service about every six hours. */
  readonly approximateItems: number | undefined
  readonly approximateBytes: Bytes | undefined
  /** The other regions of a global table. */
  readonly otherRegions: readonly string[] | undefined
  readonly hasStream: boolean | undefined
  /** The attribute that says when an item expires. Null: items do not expire. */
  readonly ttlAttribute: string | null | undefined
  /** Whether the table can be restored to any second of its last days. */
  readonly hasPointInTimeRecovery: boolean | undefined
  readonly indexes: readonly SecondaryIndex[] | undefined
  readonly capacity: KnownCapacities | undefined
  /** How it is set up. Absent: the description was denied. */
  readonly settings?: TableSettings
  /** Why a fact is unknown that was asked for and not denied. */
  readonly unanswered?: readonly string[]
}

export interface SecondaryIndex {
  readonly name: string
  readonly isLocal: boolean
  /** Names and types, as `describeKey` writes them. */
  readonly key: string
}

export interface InspectedTable {
  readonly ref: TableRef
  readonly facts: TableFacts
  /** The profile that its credentials were asked of. Absent: none was named for the run. */
  readonly profile?: string
  /** Why tablesync uses default keys, which only an emulator accepts. Absent: it uses real ones. */
  readonly defaultKeys?: string
}

/**
 * What stands at the master's index in an undo, which has no master: the first
 * replica once more. No request is made to it there.
 */
export interface StandIn extends InspectedTable {
  readonly standsIn: true
}

export const isStandIn = (table: InspectedTable): table is StandIn => 'standsIn' in table

export function describeKey(schema: readonly KeyAttribute[]): string {
  return schema.map(({ name, type }) => `${name} (${type})`).join(', ')
}

/** An endpoint that may be shown: without user name and password. */
export function shownEndpoint(endpoint: string): string {
  const url = new URL(endpoint)
  if (url.username === '' && url.password === '') return endpoint
  url.username = ''
  url.password = ''
  return url.href
}
