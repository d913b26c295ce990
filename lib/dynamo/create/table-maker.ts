/** Makes a table, and looks how far it is. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import type { TablesyncError } from '../../errors.ts'
import {
  type ControlPlaneOptions,
  type Described,
  openControlPlane,
} from '../describe/control-plane.ts'

export interface Begun {
  /**
   * `made`: its making has begun. `exists`: a table of that name is there. `busy`: the account makes
   * as many tables at once as it may, or has too many (API reference, LimitExceededException).
   */
  readonly end: 'made' | 'exists' | 'busy'
  /** In the words of the service. Absent: it is made. */
  readonly reason?: string
}

export type { TableDescription }

export interface TableMaker {
  /** @throws TablesyncError, classified by `request-errors.ts`; so does `look` */
  make(request: CreateTableCommandInput): Promise<Begun>
  /** Undefined: there is no such table. */
  look(): Promise<TableDescription | undefined>
  close(): void
}

const ENDS: ReadonlyMap<string, Begun['end']> = new Map([
  ['ResourceInUseException', 'exists'],
  ['LimitExceededException', 'busy'],
])

export function openTableMaker(access: Described, options: ControlPlaneOptions): TableMaker {
  const { sdk, ask, close } = openControlPlane(access, options)
  return {
    make: (request) =>
      ask('CreateTable', async (sending) => {
        try {
          await sdk.send(new CreateTableCommand(request), sending)
          return { end: 'made' as const }
        } catch (error) {
          const { name, message } = error as Error
          const end = ENDS.get(name)
          if (end === undefined) throw error
          return { end, reason: `${name}: ${message}` }
        }
      }),
    async look() {
      const command = new DescribeTableCommand({ TableName: access.tableName })
      try {
        const answer = await ask('DescribeTable', (sending) => sdk.send(command, sending))
        return answer.Table
      } catch (error) {
        if ((error as TablesyncError).code === 'TABLE_NOT_FOUND') return undefined
        throw error
      }
    },
    close,
  }
}
