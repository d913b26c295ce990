/** Asks what a table is, before anything else is done. */
import { TablesyncError } from '../../errors.ts'
import type { RequestAddress } from '../../model/tables/request-address.ts'
import {
  type Described,
  type Describer,
  type DescriberOptions,
  openDescriber,
} from './describer.ts'
import { type DescribedFacts, factsOf } from './description.ts'
import { settingsOf } from './settings-of.ts'
import { refuseUnready } from './table-status.ts'

export type { Described }

const UNKNOWN: DescribedFacts = {
  keySchema: undefined,
  arn: undefined,
  tableId: undefined,
  createdAt: undefined,
  approximateItems: undefined,
  approximateBytes: undefined,
  otherRegions: undefined,
  hasStream: undefined,
  ttlAttribute: undefined,
  hasPointInTimeRecovery: undefined,
  indexes: undefined,
  capacity: undefined,
}

/**
 * Describes the table, and how to reach it. A fact that a policy denies, or that an engine does not
 * know, is unknown and no error.
 *
 * @throws TablesyncError if the table does not exist or cannot be reached
 */
export async function describeTable(
  access: Described,
  wanted: FactsWanted,
  options: DescriberOptions,
): Promise<{ readonly facts: DescribedFacts; readonly address: RequestAddress }> {
  const describer = openDescriber(access, options)
  try {
    const facts = await factsFrom(describer, access, wanted)
    return { facts, address: await describer.address() }
  } finally {
    describer.close()
  }
}

async function factsFrom(
  describer: Describer,
  access: Described,
  wanted: FactsWanted,
): Promise<DescribedFacts> {
  const table = await orUnknown(describer.describe())
  if (table === undefined) return UNKNOWN
  refuseUnready(access, table.TableStatus)
  const unanswered: string[] = []
  /** The run can do without the answer, for whatever reason there is none. */
  const optional = <T>(asking: Promise<T>) =>
    orUnknown(asking).catch((error: unknown) => {
      if (!(error instanceof TablesyncError)) throw error
      unanswered.push(error.message)
      return undefined
    })
  const [ttlAttribute, hasPointInTimeRecovery] = await Promise.all([
    wanted.timeToLive
      ? optional(describer.describeTimeToLive().then((name) => name ?? null))
      : undefined,
    wanted.recovery ? optional(describer.describePointInTimeRecovery()) : undefined,
  ])
  return {
    ...factsOf(table, access.region),
    ...{ ttlAttribute, hasPointInTimeRecovery, unanswered },
    settings: settingsOf(table, ttlAttribute),
  }
}

/** What to ask for beside the table itself, because something depends on it. */
export interface FactsWanted {
  readonly timeToLive: boolean
  readonly recovery: boolean
}

async function orUnknown<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking
  } catch (error) {
    const { code, cause } = error as TablesyncError
    const isUnknownCall = (cause as Error | undefined)?.name === 'UnknownOperationException'
    if (code === 'ACCESS_DENIED' || isUnknownCall) return undefined
    throw error
  }
}
