/** The service may quote what it was sent. Values of items do not belong into messages. */
import { TablesyncError } from '../../errors.ts'
import { withoutValues } from '../../item/hidden-values.ts'
import type { WireItem } from '../../model/wire.ts'

interface WriteBody {
  readonly Item?: WireItem
  readonly ExpressionAttributeValues?: WireItem
  readonly RequestItems?: Readonly<
    Record<string, readonly { readonly PutRequest?: { readonly Item: WireItem } }[]>
  >
}

/** @param body of the refused write, as JSON text */
export function withoutSentValues(
  error: TablesyncError,
  body: string,
  keyNames: readonly string[],
): TablesyncError {
  const { Item, ExpressionAttributeValues, RequestItems = {} } = JSON.parse(body) as WriteBody
  const batch = Object.values(RequestItems)
    .flat()
    .map(({ PutRequest }) => PutRequest?.Item)
  const items = [Item, ExpressionAttributeValues, ...batch].filter(
    (one): one is WireItem => one !== undefined,
  )
  const message = withoutValues(error.message, items, keyNames)
  if (message === error.message) return error
  const { code, scope, hint, table, cause } = error
  return new TablesyncError(message, { code, scope, hint, table, cause })
}
