/** What the master has beside its description: each has a read call of its own. */
import {
  DescribeContinuousBackupsCommand,
  DescribeKinesisStreamingDestinationCommand,
  DescribeTimeToLiveCommand,
  GetResourcePolicyCommand,
  type Tag,
} from '@aws-sdk/client-dynamodb'
import type { TablesyncError } from '../../errors.ts'
import {
  type ControlPlane,
  type ControlPlaneOptions,
  type Described,
  openControlPlane,
} from '../describe/control-plane.ts'
import { tagsOf } from '../describe/table-tags.ts'

/** What a call said, or why it said nothing. */
export type Answered<Value> = { readonly value: Value } | { readonly unknown: string }

export interface Asides {
  /** The attribute by which items expire. */
  readonly timeToLive: Answered<string | undefined>
  readonly recovery: Answered<{ readonly days: number | undefined } | undefined>
  readonly tags: Answered<readonly Tag[]>
  readonly policy: Answered<string | undefined>
  /** ARNs of Kinesis streams. */
  readonly kinesis: Answered<readonly string[]>
}

/** A call that is denied, unknown to an engine or without an answer is no error. */
export async function readAsides(
  access: Described,
  arn: string | undefined,
  options: ControlPlaneOptions,
): Promise<Asides> {
  const plane = openControlPlane(access, options)
  const known = <Value>(asking: Promise<Value>) => answered(asking, options.ending)
  const ResourceArn = arn ?? access.tableName
  try {
    const [timeToLive, recovery, tags, policy, kinesis] = await Promise.all([
      known(expiryOf(plane, access.tableName)),
      known(recoveryOf(plane, access.tableName)),
      known(tagsOf(plane, ResourceArn)),
      known(policyOf(plane, ResourceArn)),
      known(streamsOf(plane, access.tableName)),
    ])
    return { timeToLive, recovery, tags, policy, kinesis }
  } finally {
    plane.close()
  }
}

async function answered<Value>(
  asking: Promise<Value>,
  ending: AbortSignal | undefined,
): Promise<Answered<Value>> {
  try {
    return { value: await asking }
  } catch (error) {
    ending?.throwIfAborted()
    const { code, cause } = error as TablesyncError
    return { unknown: (cause as Error | undefined)?.name ?? code }
  }
}

async function expiryOf({ sdk, askOnceOrTwice }: ControlPlane, TableName: string) {
  const command = new DescribeTimeToLiveCommand({ TableName })
  const answer = await askOnceOrTwice('DescribeTimeToLive', (sending) => sdk.send(command, sending))
  const { TimeToLiveStatus: status, AttributeName } = answer.TimeToLiveDescription ?? {}
  return status === 'ENABLED' || status === 'ENABLING' ? AttributeName : undefined
}

async function recoveryOf({ sdk, askOnceOrTwice }: ControlPlane, TableName: string) {
  const command = new DescribeContinuousBackupsCommand({ TableName })
  const answer = await askOnceOrTwice('DescribeContinuousBackups', (sending) =>
    sdk.send(command, sending),
  )
  const found = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription
  return found?.PointInTimeRecoveryStatus === 'ENABLED'
    ? { days: found.RecoveryPeriodInDays }
    : undefined
}

async function policyOf({ sdk, askOnceOrTwice }: ControlPlane, ResourceArn: string) {
  const command = new GetResourcePolicyCommand({ ResourceArn })
  return askOnceOrTwice('GetResourcePolicy', async (sending) => {
    try {
      return (await sdk.send(command, sending)).Policy
    } catch (error) {
      if ((error as Error).name === 'PolicyNotFoundException') return undefined
      throw error
    }
  })
}

async function streamsOf({ sdk, askOnceOrTwice }: ControlPlane, TableName: string) {
  const command = new DescribeKinesisStreamingDestinationCommand({ TableName })
  const answer = await askOnceOrTwice('DescribeKinesisStreamingDestination', (sending) =>
    sdk.send(command, sending),
  )
  const isOn = (status = '') => ['ACTIVE', 'ENABLING', 'UPDATING'].includes(status)
  return (answer.KinesisDataStreamDestinations ?? []).flatMap(({ StreamArn, DestinationStatus }) =>
    StreamArn !== undefined && isOn(DestinationStatus) ? [StreamArn] : [],
  )
}
