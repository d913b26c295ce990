/** Which KMS key a new table gets: keys are of one region, and a grant on one is somebody's choice. */
import { usageError } from '../../errors.ts'
import type { Creation } from '../../options/groups/create-options.ts'
import type { TableDescription } from './making.ts'

export interface KeyPlace {
  readonly label: string
  readonly region: string
  /** Null: not known. */
  readonly account: string | null
  /** Whether somebody is asked about the key of the master, or nothing is made with it. */
  readonly mayTakeMasters: boolean
}

/**
 * Undefined: the table is encrypted by a key that AWS owns.
 *
 * DescribeTable names the key that AWS keeps for an account like one of a customer, so each has to
 * be named or confirmed.
 *
 * @throws TablesyncError with code `USAGE` where a key has to be named, or the named one is elsewhere
 */
export function keyFor(
  { SSEDescription: encryption }: TableDescription,
  { kmsKey }: Creation,
  { label, region, account, mayTakeMasters }: KeyPlace,
): string | undefined {
  if (kmsKey !== undefined) {
    const [, , , where = region] = kmsKey.split(':')
    if (where === region) return kmsKey
    throw usageError(
      `Expected \`--create-kms-key\` to be a key of ${region}, where ${label} is made; got one of ${where}`,
      'Name a key of that region, or alias/aws/dynamodb.',
    )
  }
  if (encryption?.SSEType !== 'KMS' || encryption.Status === 'DISABLED') return undefined
  const key = encryption.KMSMasterKeyArn
  const [, , , where, owner] = key?.split(':') ?? []
  if (key === undefined || where !== region || (account !== null && owner !== account)) {
    throw usageError(
      `Expected \`--create-kms-key\` for ${label}: the master's key ${key ?? ''} cannot be used in ${region} of account ${account ?? 'unknown'}`,
      'A key is of one region and account. Name one of there, or alias/aws/dynamodb.',
    )
  }
  if (mayTakeMasters) return key
  throw usageError(
    `Expected \`--create-kms-key\` for ${label}, since the master is encrypted by ${key}; got none`,
    'Name this key or another one of that region, or alias/aws/dynamodb.',
  )
}
