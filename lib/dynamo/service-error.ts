/** What the service says when it refuses a request. */
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb'

export interface ErrorResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
}

/** `reason` of a throttled request, where the service gives one. */
export interface ThrottlingReason {
  readonly reason?: string
}

interface ErrorBody {
  readonly __type?: string
  readonly message?: string
  readonly Message?: string
  readonly ThrottlingReasons?: readonly ThrottlingReason[]
}

/** The SDK's error for a response that is one; a `SyntaxError` where it is none of DynamoDB's. */
export function serviceError(
  { statusCode, headers }: ErrorResponse,
  bytes: Buffer,
): Error & { readonly ThrottlingReasons?: readonly ThrottlingReason[] } {
  let body: ErrorBody
  try {
    body = bytes.length === 0 ? {} : (JSON.parse(bytes.toString()) as ErrorBody)
  } catch (cause) {
    const error = new SyntaxError(`an answer with status ${statusCode} that is no JSON`, { cause })
    return Object.assign(error, { $metadata: { httpStatusCode: statusCode } })
  }
  const type = headers['x-amzn-errortype'] ?? body.__type ?? `Status${statusCode}`
  const error = new DynamoDBServiceException({
    // Written as <namespace>#<name>, and in the header as <name>:<address>.
    name: (type.split('#').at(-1) as string).split(':')[0] as string,
    message: body.message ?? body.Message ?? '',
    $fault: statusCode >= 500 ? 'server' : 'client',
    $metadata: {
      httpStatusCode: statusCode,
      ...(headers['x-amzn-requestid'] !== undefined && {
        requestId: headers['x-amzn-requestid'],
      }),
    },
  })
  return Object.assign(
    error,
    body.ThrottlingReasons && { ThrottlingReasons: body.ThrottlingReasons },
  )
}
