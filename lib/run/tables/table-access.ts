/** Finds where each table is, and how requests reach it. */
import { readConfiguration } from '../../access/configuration.ts'
import { locateTable } from '../../access/endpoint.ts'
import { readTrust } from '../../access/trust.ts'
import type { Described } from '../../dynamo/describe/table-facts.ts'
import { isHere } from '../../model/tables/endpoint-kind.ts'
import type { TableSettings } from '../../options/groups/table-options.ts'
import type { Settings } from '../../options/settings.ts'

/** A table with its endpoint, as flags, the environment and the table's profile configure it. */
export interface LocatedTable extends TableSettings {
  /** The profile that was given for the table. */
  readonly profile: string | undefined
  /** Certificates to trust (PEM). Undefined: those that Node.js trusts. */
  readonly trust: string | undefined
}

export type LocatedTables = readonly [LocatedTable, ...LocatedTable[]]

export async function located({ master, replicas }: Settings): Promise<LocatedTables> {
  const trust = await readTrust(await readConfiguration())
  const tables = [master, ...replicas].map(async (table) => {
    // A table without its own credentials uses the master's.
    const { profile } = table.credentials ?? master.credentials ?? {}
    return { ...table, profile, trust, ref: await locateTable(table.ref, profile) }
  })
  return (await Promise.all(tables)) as unknown as LocatedTables
}

export function accessOf(
  { ref, profile, trust }: LocatedTable,
  index: number,
  runId: string,
): Described {
  // Emulators know tables only by name; the service finds other accounts' tables by ARN.
  const byArn = ref.arn !== undefined && !isHere(ref.endpoint)
  return {
    index,
    label: ref.label,
    tableName: byArn ? (ref.arn as string) : ref.name,
    region: ref.region,
    ...(ref.endpoint !== undefined && { endpoint: ref.endpoint }),
    ...(ref.variants !== undefined && { variants: ref.variants }),
    ...(profile !== undefined && { profile }),
    ...(trust !== undefined && { trust }),
    userAgent: `tablesync/${runId}`,
  }
}
