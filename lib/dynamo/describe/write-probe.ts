/**
 * Whether a table lets itself be written, asked without writing: by writes to a made-up key on a
 * condition that no item and no missing item fulfils. The service checks the permission first.
 */
import { TablesyncError } from '../../errors.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import { writer } from '../conditional-write.ts'
import type { Expression } from '../conditions.ts'
import { openClient } from '../request/client.ts'
import type { UpdateExpression } from '../update-expression.ts'
import type { DescriberOptions } from './describer.ts'
import { nowhere } from './invented-key.ts'

export type WriteOperation = 'PutItem' | 'UpdateItem' | 'DeleteItem'

const OPERATIONS: readonly WriteOperation[] = ['PutItem', 'UpdateItem', 'DeleteItem']

/** Takes a write unit for each operation. Whatever else goes wrong, the run will find out. */
export async function deniedWrites(
  access: TableAccess,
  options: DescriberOptions,
): Promise<readonly WriteOperation[]> {
  const client = openClient(access, options)
  const write = writer(client)
  const key = nowhere(access.keySchema)
  const never: Expression = {
    names: { '#k': access.keySchema[0].name },
    values: {},
    condition: 'attribute_exists(#k) AND attribute_not_exists(#k)',
  }
  const update: UpdateExpression = {
    ...never,
    update: 'REMOVE #n',
    names: { ...never.names, '#n': 'tablesync' },
    complete: true,
    apply: (item) => item,
  }
  const asks = {
    PutItem: () => write.put(key, never),
    UpdateItem: () => write.update(key, update),
    DeleteItem: () => write.delete(key, never),
  }
  try {
    const denied = await Promise.all(
      OPERATIONS.map((operation) =>
        asks[operation]().then(
          () => [],
          (error: unknown) => (isDenial(error) ? [operation] : []),
        ),
      ),
    )
    return denied.flat()
  } finally {
    client.close()
  }
}

const isDenial = (error: unknown) =>
  error instanceof TablesyncError && error.code === 'ACCESS_DENIED'
