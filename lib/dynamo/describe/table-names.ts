/** Lists the tables of an account and region. */
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { type ControlPlaneOptions, type Described, openControlPlane } from './control-plane.ts'

/**
 * All names, page by page: ListTables returns at most 100 (API reference, "ListTables").
 *
 * @throws TablesyncError, classified by `request-errors.ts`
 */
export async function tableNames(
  beside: Described,
  options: ControlPlaneOptions,
): Promise<string[]> {
  const { sdk, ask, close } = openControlPlane(beside, options)
  try {
    const names: string[] = []
    let last: string | undefined
    do {
      const command = new ListTablesCommand({
        ...(last !== undefined && { ExclusiveStartTableName: last }),
      })
      const answer = await ask('ListTables', (signal) => sdk.send(command, signal))
      names.push(...(answer.TableNames ?? []))
      last = answer.LastEvaluatedTableName
    } while (last !== undefined)
    return names
  } finally {
    close()
  }
}
