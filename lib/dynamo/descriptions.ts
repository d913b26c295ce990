/** What a table says of itself: the few answers that the SDK parses. */
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'

export interface Descriptions {
  describe(): Promise<TableDescription | undefined>
  /** The attribute that says when an item expires; undefined where items do not. */
  describeTimeToLive(): Promise<string | undefined>
  /** Whether the table can be restored to any second of its last days. */
  describePointInTimeRecovery(): Promise<boolean>
}

/** Asks, as often as it takes. */
export type Ask = <Answer>(
  operation: string,
  once: (options: { readonly abortSignal: AbortSignal }) => Promise<Answer>,
) => Promise<Answer>

export function descriptions(sdk: DynamoDBClient, TableName: string, ask: Ask): Descriptions {
  return {
    async describe() {
      const command = new DescribeTableCommand({ TableName })
      const answer = await ask('DescribeTable', (options) => sdk.send(command, options))
      return answer.Table
    },
    async describeTimeToLive() {
      const command = new DescribeTimeToLiveCommand({ TableName })
      const answer = await ask('DescribeTimeToLive', (options) => sdk.send(command, options))
      const { TimeToLiveStatus: status, AttributeName } = answer.TimeToLiveDescription ?? {}
      return status === 'ENABLED' || status === 'ENABLING' ? AttributeName : undefined
    },
    async describePointInTimeRecovery() {
      const command = new DescribeContinuousBackupsCommand({ TableName })
      const answer = await ask('DescribeContinuousBackups', (options) => sdk.send(command, options))
      const { PointInTimeRecoveryDescription } = answer.ContinuousBackupsDescription ?? {}
      return PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
    },
  }
}
