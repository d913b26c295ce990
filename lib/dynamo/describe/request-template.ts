/**
 * How the SDK would send item operations to a table. It is asked once, in the main thread, and the
 * answer serves all of them. The SDK still decides about endpoint rules, the user's configuration,
 * user agent and signing name. Its middleware for each request, which takes more time than all the
 * rest of a request, is left out, and worker threads need no SDK.
 */
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { HttpRequest } from '@smithy/types'
import { TablesyncError } from '../../errors.ts'
import type { RequestAddress } from '../../model/tables/request-address.ts'

interface SigningContext {
  readonly selectedHttpAuthScheme?: {
    readonly httpAuthOption?: {
      readonly signingProperties?: { readonly name?: string; readonly region?: string }
    }
  }
}

/**
 * @throws TablesyncError with code `CREDENTIALS`: the account is part of the endpoint
 * @throws TablesyncError with code `USAGE` if the installed SDK stores its signing properties
 * elsewhere
 */
export async function learnAddress(sdk: DynamoDBClient, table: string): Promise<RequestAddress> {
  const command = new ScanCommand({ TableName: table })
  let address: RequestAddress | undefined
  command.middlewareStack.add(
    (_next, context) =>
      async ({ request }) => {
        // Here the request is complete except for its signature. It is not sent.
        const signing = context['__smithy_context'] as SigningContext | undefined
        const scheme = signing?.selectedHttpAuthScheme
        const { name, region } = scheme?.httpAuthOption?.signingProperties ?? {}
        if (name === undefined) throw await unknownSdk(sdk)
        const { protocol, hostname, port, path, query, headers } = request as HttpRequest
        address = {
          request: {
            ...{ method: 'POST', protocol, hostname, path },
            ...(port !== undefined && { port }),
            query: { ...query },
            headers: { ...headers },
          },
          signingRegion: region ?? (await sdk.config.region()),
          signingService: name,
        }
        return { response: {}, output: { $metadata: {} } }
      },
    { name: 'keepAddress', step: 'build', priority: 'low' },
  )
  await sdk.send(command)
  return address as RequestAddress
}

/** `__smithy_context` is internal to the SDK: a later version may do without it. */
async function unknownSdk(sdk: DynamoDBClient): Promise<TablesyncError> {
  const agent = await sdk.config.defaultUserAgentProvider()
  const [, version = 'of an unknown version'] = agent.find(([name]) => name === 'aws-sdk-js') ?? []
  return new TablesyncError(
    `@aws-sdk/client-dynamodb ${version} is not supported: tablesync cannot tell how it signs`,
    {
      code: 'USAGE',
      scope: 'run',
      hint: "Install the version that tablesync's package-lock.json names.",
    },
  )
}
