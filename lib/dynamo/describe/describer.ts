/** Asks what a table is and how to reach it. */
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import type { RequestAddress } from '../../model/tables/request-address.ts'
import { type ControlPlaneOptions, type Described, openControlPlane } from './control-plane.ts'
import { learnAddress } from './request-template.ts'

export type { Described }

export type DescriberOptions = ControlPlaneOptions

export interface Describer {
  /** @throws TablesyncError, classified by `request-errors.ts`; so do the other methods */
  describe(): Promise<TableDescription | undefined>
  /** The attribute that says when an item expires. Undefined: items do not expire. */
  describeTimeToLive(): Promise<string | undefined>
  /** Whether the table can be restored to any second of its last days. */
  describePointInTimeRecovery(): Promise<boolean>
  /** Asks the SDK only, and not the table. */
  address(): Promise<RequestAddress>
  close(): void
}

export function openDescriber(access: Described, options: DescriberOptions): Describer {
  const { tableName: TableName } = access
  const { sdk, ask, askOnceOrTwice, close } = openControlPlane(access, options)
  return {
    async describe() {
      const command = new DescribeTableCommand({ TableName })
      const answer = await ask('DescribeTable', (options) => sdk.send(command, options))
      return answer.Table
    },
    async describeTimeToLive() {
      const command = new DescribeTimeToLiveCommand({ TableName })
      const answer = await askOnceOrTwice('DescribeTimeToLive', (options) =>
        sdk.send(command, options),
      )
      const { TimeToLiveStatus: status, AttributeName } = answer.TimeToLiveDescription ?? {}
      return status === 'ENABLED' || status === 'ENABLING' ? AttributeName : undefined
    },
    async describePointInTimeRecovery() {
      const command = new DescribeContinuousBackupsCommand({ TableName })
      const answer = await askOnceOrTwice('DescribeContinuousBackups', (options) =>
        sdk.send(command, options),
      )
      const { PointInTimeRecoveryDescription } = answer.ContinuousBackupsDescription ?? {}
      return PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
    },
    address: () => ask('Scan', () => learnAddress(sdk, TableName)),
    close,
  }
}
