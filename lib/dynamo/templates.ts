/**
 * How the SDK would send an item operation: asked once, and used for all
 * requests of its kind. Endpoint rules, the user's configuration, user agent and
 * signing name stay the SDK's word; its middleware for each request, which takes
 * more time than all the rest of a request, is left out.
 */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { HttpRequest } from '@smithy/types'

export type ItemRead = 'Scan' | 'BatchGetItem'
export type ItemWrite = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem'
export type ItemOperation = ItemRead | ItemWrite

export const isRead = (operation: ItemOperation): operation is ItemRead =>
  operation === 'Scan' || operation === 'BatchGetItem'

export interface Template {
  readonly request: HttpRequest
  readonly signingRegion: string
  readonly signingService: string
}

const COMMANDS = {
  Scan: (table: string) => new ScanCommand({ TableName: table }),
  BatchGetItem: (table: string) =>
    new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [] } } }),
  BatchWriteItem: (table: string) => new BatchWriteItemCommand({ RequestItems: { [table]: [] } }),
  PutItem: (table: string) => new PutItemCommand({ TableName: table, Item: {} }),
  UpdateItem: (table: string) => new UpdateItemCommand({ TableName: table, Key: {} }),
  DeleteItem: (table: string) => new DeleteItemCommand({ TableName: table, Key: {} }),
}

interface SigningContext {
  readonly selectedHttpAuthScheme?: {
    readonly httpAuthOption: {
      readonly signingProperties?: { readonly name?: string; readonly region?: string }
    }
  }
}

export function requestTemplates(client: DynamoDBClient, table: string) {
  const kept = new Map<ItemOperation, Promise<Template>>()
  /** @throws TablesyncError with code `CREDENTIALS`: the account is part of the endpoint */
  return (operation: ItemOperation): Promise<Template> => {
    const known = kept.get(operation)
    if (known !== undefined) return known
    const asking = learn(client, operation, table)
    kept.set(operation, asking)
    asking.catch(() => kept.delete(operation))
    return asking
  }
}

async function learn(
  client: DynamoDBClient,
  operation: ItemOperation,
  table: string,
): Promise<Template> {
  // One signature stands for all six: the union of their overloads has none in common.
  const command = COMMANDS[operation](table) as ScanCommand
  let template: Template | undefined
  command.middlewareStack.add(
    (_next, context) =>
      async ({ request }) => {
        // Here the request is complete but for its signature; it goes no further.
        const { selectedHttpAuthScheme: scheme } = context['__smithy_context'] as SigningContext
        const { name, region } = scheme?.httpAuthOption.signingProperties ?? {}
        template = {
          request: request as HttpRequest,
          signingRegion: region ?? (await client.config.region()),
          signingService: name ?? 'dynamodb',
        }
        return { response: {}, output: { $metadata: {} } }
      },
    { name: 'keepTemplate', step: 'build', priority: 'low' },
  )
  await client.send(command)
  return template as Template
}
