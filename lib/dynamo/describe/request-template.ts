/**
 * How the SDK would send item operations to a table: asked once, in the main
 * thread, and used for all of them. Endpoint rules, the user's configuration,
 * user agent and signing name stay the SDK's word; its middleware for each
 * request, which takes more time than all the rest of a request, is left out,
 * and threads do without the SDK.
 */
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { HttpRequest } from '@smithy/types'
import type { RequestAddress } from '../../model/tables/request-address.ts'

interface SigningContext {
  readonly selectedHttpAuthScheme?: {
    readonly httpAuthOption: {
      readonly signingProperties?: { readonly name?: string; readonly region?: string }
    }
  }
}

/** @throws TablesyncError with code `CREDENTIALS`: the account is part of the endpoint */
export async function learnAddress(sdk: DynamoDBClient, table: string): Promise<RequestAddress> {
  const command = new ScanCommand({ TableName: table })
  let address: RequestAddress | undefined
  command.middlewareStack.add(
    (_next, context) =>
      async ({ request }) => {
        // Here the request is complete but for its signature; it goes no further.
        const { selectedHttpAuthScheme: scheme } = context['__smithy_context'] as SigningContext
        const { name, region } = scheme?.httpAuthOption.signingProperties ?? {}
        const { protocol, hostname, port, path, query, headers } = request as HttpRequest
        address = {
          request: {
            ...{ method: 'POST', protocol, hostname, path },
            ...(port !== undefined && { port }),
            query: { ...query },
            headers: { ...headers },
          },
          signingRegion: region ?? (await sdk.config.region()),
          signingService: name ?? 'dynamodb',
        }
        return { response: {}, output: { $metadata: {} } }
      },
    { name: 'keepAddress', step: 'build', priority: 'low' },
  )
  await sdk.send(command)
  return address as RequestAddress
}
