/** A table that is to be made like the master, and what of the master it will not have. */
import type { TableSettings } from './table-settings.ts'

export interface PlannedTable {
  readonly region: string
  /** Twelve digits. Null: nobody could say, in a dry run. */
  readonly account: string | null
  readonly arn: string | null
  /** The CreateTable request, as the API reference names its members. */
  readonly request: Readonly<Record<string, unknown>>
  /** The same in words. */
  readonly settings: TableSettings
  readonly notMade: readonly NotMade[]
  /** Items of the master as DescribeTable counts them, about every six hours. Null: unknown. */
  readonly approximateItems: number | null
  /** Whether this run has made it. */
  readonly made: boolean
}

/** Something of the master that a new table does not get. */
export interface NotMade {
  /** In words, with its value. */
  readonly what: string
  /** Words of an aws command that makes it. */
  readonly command: readonly string[]
  /** The command shows it, and makes nothing: a value of it is not known, or not ours to choose. */
  readonly shows?: true
}

/** The account in the ARNs of emulators. */
export const NO_ACCOUNT = '000000000000'

/** The name of the key that AWS keeps for DynamoDB in each account and region. */
export const AWS_MANAGED_KEY = 'alias/aws/dynamodb'
