/**
 * How the SDK would send item operations to a table: asked once, in the main
 * thread, and used for all of them. Endpoint rules, the user's configuration,
 * user agent and signing name stay the SDK's word; its middleware for each
 * request, which takes more time than all the rest of a request, is left out,
 * and threads do without the SDK.
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
 * @throws TablesyncError with code `USAGE` where the installed SDK keeps what it signs by in another place
 */
export async function learnAddress(sdk: DynamoDBClient, table: string): Promise<RequestAddress> {
  const command = new ScanCommand({ TableName: table })
  let address: RequestAddress | undefined
  command.middlewareStack.add(
    (_next, context) =>
      async ({ request }) => {
        // Here the request is complete but for its signature; it goes no further.
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

/** `__smithy_context` is the SDK's own affair: a later version may do without it. */
async function unknownSdk(sdk: DynamoDBClient): Promise<TablesyncError> {
  const agent = await sdk.config.defaultUserAgentProvider()
  const [, version = 'of an unknown version'] = agent.find(([name]) => name === 'aws-sdk-js') ?? []
  return new TablesyncError(
    `@aws-sdk/client-dynamodb ${version} does not say how it signs requests, and tablesync needs to know`,
    {
      code: 'USAGE',
      scope: 'run',
      hint: 'Install a version of the SDK that this version of tablesync names in its package-lock.json.',
    },
  )
}
