/** Where each table is, and how it is asked there. */
import { readConfiguration } from '../../access/configuration.ts'
import { locateTable } from '../../access/endpoint.ts'
import { readTrust } from '../../access/trust.ts'
import type { Described } from '../../dynamo/describe/table-facts.ts'
import { isHere } from '../../model/tables/endpoint-kind.ts'
import type { TableSettings } from '../../options/groups/table-options.ts'
import type { Settings } from '../../options/settings.ts'

/** With its endpoint, as flags, environment and its profile say. */
export interface LocatedTable extends TableSettings {
  /** The one that was given for it. */
  readonly profile: string | undefined
  /** Certificates to trust (PEM). Undefined: those that Node.js trusts. */
  readonly trust: string | undefined
}

export type LocatedTables = readonly [LocatedTable, ...LocatedTable[]]

export async function located({ master, replicas }: Settings): Promise<LocatedTables> {
  const trust = await readTrust(await readConfiguration())
  const tables = [master, ...replicas].map(async (table) => {
    // Without credentials of its own it is asked as the master is.
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
  // Emulators know tables by name alone; the service finds other accounts' tables by ARN.
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
