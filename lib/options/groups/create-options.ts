/** Options of making a replica that does not exist. */
import { usageError } from '../../errors.ts'
import { AWS_MANAGED_KEY, NO_ACCOUNT } from '../../model/tables/planned-table.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../option.ts'
import { shown } from '../values/quoted-value.ts'

export const CREATE_OPTIONS = {
  /**
   * Make a replica that does not exist, like the master: keys, indexes, billing, table class and
   * encryption. Never in a dry run. @default false
   */
  createReplica: {
    flag: 'create-replica',
    notFor: ['shard-plan'],
    kind: 'switch',
    consents: true,
    help: 'Make a replica that does not exist, like the master, and fill it. Needs --write-missing',
    more: 'A terminal is asked first; without one, `--yes` and `--expect-account` are needed. The run waits for the table as long as for an endpoint (`--max-outage`).',
  },
  /** How a table that is made is billed. `same`: as the master, with its units. @default 'same' */
  createBilling: {
    flag: 'create-billing',
    notFor: ['shard-plan'],
    kind: 'choice',
    value: 'billing',
    choices: ['on-demand', 'same'],
    default: 'same',
    help: 'How a table that is made is billed: on-demand, or the same as the master',
  },
  /**
   * The KMS key of a table that is made: an ARN in its region, or `alias/aws/dynamodb` for the key
   * that AWS keeps. Needed where the master has one and nobody is asked.
   */
  createKmsKey: {
    flag: 'create-kms-key',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'arn',
    help: 'The KMS key of a table that is made: an ARN in its region, or alias/aws/dynamodb',
  },
  /** The account in which a table may be made: twelve digits. Needed where nobody is asked. */
  expectAccount: {
    flag: 'expect-account',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'account',
    consents: true,
    help: 'The account in which a table may be made: 12 digits. The run is refused in any other',
    more: 'An emulator without accounts has 000000000000.',
  },
} as const satisfies Group

export type CreateOptions = OptionsOf<typeof CREATE_OPTIONS>

export interface Creation {
  readonly billing: 'on-demand' | 'same'
  /** Undefined: none was named. */
  readonly kmsKey: string | undefined
  /** Undefined: somebody is asked. */
  readonly expectAccount: string | undefined
}

export interface CreateSettings {
  /** Undefined: a replica that does not exist is an error. */
  readonly creation: Creation | undefined
}

/** What other groups have to do with it. */
interface Beside {
  readonly writeMissing?: boolean
  readonly plan?: string
}

export function resolveCreation(given: CreateOptions & Beside, spelling: Spelling): CreateSettings {
  const { createReplica, createBilling, createKmsKey, expectAccount } = filled(
    CREATE_OPTIONS,
    given,
  )
  const flag = spelling('createReplica')
  if (!createReplica) {
    refuseAlone(given, spelling)
    return { creation: undefined }
  }
  if (given.writeMissing !== true) {
    throw usageError(
      `Expected \`${flag}\` to come with \`${spelling('writeMissing')}\`, got it without`,
      `Add \`${spelling('writeMissing')}\`: a table that is made is filled.`,
    )
  }
  if (given.plan !== undefined) {
    throw usageError(
      `Expected \`${flag}\` without \`${spelling('plan')}\`, got both`,
      'Make the table first: a plan lists repairs of tables that exist.',
    )
  }
  if (expectAccount !== undefined && !/^\d{12}$/.test(expectAccount)) {
    throw usageError(
      `Expected \`${spelling('expectAccount')}\` to be 12 digits, got ${shown(expectAccount)}`,
      whichAccount(),
    )
  }
  if (createKmsKey !== undefined && !KEY.test(createKmsKey)) {
    throw usageError(
      `Expected \`${spelling('createKmsKey')}\` to be the ARN of a KMS key or ${AWS_MANAGED_KEY}, got ${shown(createKmsKey)}`,
      'For example arn:aws:kms:eu-west-1:111122223333:key/1234abcd-….',
    )
  }
  return { creation: { billing: createBilling, kmsKey: createKmsKey, expectAccount } }
}

const KEY = /^(arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/\S+|alias\/aws\/dynamodb)$/

function refuseAlone(given: CreateOptions, spelling: Spelling): void {
  const names = ['createBilling', 'createKmsKey', 'expectAccount'] as const
  const alone = names.find((name) => given[name] !== undefined)
  if (alone === undefined) return
  throw usageError(
    `Expected \`${spelling(alone)}\` to come with \`${spelling('createReplica')}\`, got it alone`,
    `Add \`${spelling('createReplica')}\`, or leave it out.`,
  )
}

/** Who is there to say that a table may be made. */
export interface Consent {
  /** Whether somebody is asked. */
  readonly isAsked: boolean
  /** A terminal is missing, and `--yes` does not say that this is meant. Absent: it is no matter. */
  readonly isUnattended?: boolean
}

/**
 * A misspelt name must not become a table.
 *
 * @throws TablesyncError with code `USAGE` where nobody is asked and no account is expected
 */
export function refuseUnconsented(
  given: CreateOptions & { readonly dryRun?: boolean },
  { isAsked, isUnattended = false }: Consent,
  spelling: Spelling,
): void {
  if (given.createReplica !== true || given.dryRun === true || isAsked) return
  const account = `\`${spelling('expectAccount')}\``
  const flag = `\`${spelling('createReplica')}\``
  if (isUnattended) {
    throw usageError(
      `Expected ${flag} without a terminal to come with \`${spelling('yes')}\` and ${account}, got it without`,
      whichAccount(),
    )
  }
  if (given.expectAccount !== undefined) return
  throw usageError(
    `Expected ${flag} to come with ${account} where nobody is asked, got it without`,
    whichAccount(),
  )
}

const whichAccount = () =>
  `aws sts get-caller-identity tells the account; an emulator has ${NO_ACCOUNT}.`
