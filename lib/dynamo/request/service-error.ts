/** Reads the answers with which the service refuses requests. */

export interface ErrorResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
}

/** As it came: a proxy may have changed anything in it. */
type ErrorBody = Readonly<Record<string, unknown>>

/**
 * An error like the SDK's for an error response, with the reasons of a throttled request. A
 * `SyntaxError` if the response is not one of DynamoDB's.
 */
export function serviceError(
  { statusCode, headers }: ErrorResponse,
  bytes: Buffer,
): Error & { readonly throttlingReasons?: readonly string[] } {
  const body = bytes.length === 0 ? {} : objectOf(bytes)
  if (body === undefined) {
    const error = new SyntaxError(`an answer with status ${statusCode} that is no JSON object`)
    return Object.assign(error, { $metadata: { httpStatusCode: statusCode } })
  }
  const type = headers['x-amzn-errortype'] ?? textIn(body, '__type') ?? `Status${statusCode}`
  const error = new Error(textIn(body, 'message') ?? textIn(body, 'Message') ?? '')
  return Object.assign(error, {
    // Written as <namespace>#<name>, and in the header as <name>:<address>.
    name: (type.split('#').at(-1) as string).split(':')[0] as string,
    throttlingReasons: reasonsIn(body),
    $metadata: {
      httpStatusCode: statusCode,
      ...(headers['x-amzn-requestid'] !== undefined && {
        requestId: headers['x-amzn-requestid'],
      }),
    },
  })
}

function objectOf(bytes: Buffer): ErrorBody | undefined {
  try {
    const body: unknown = JSON.parse(bytes.toString())
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
    return isObject ? (body as ErrorBody) : undefined
  } catch {
    return undefined
  }
}

function textIn(body: ErrorBody, name: string): string | undefined {
  const value = body[name]
  return typeof value === 'string' ? value : undefined
}

/**
 * Reasons such as `TableReadKeyRangeThroughputExceeded`. ProvisionedThroughputExceededException and
 * RequestLimitExceeded have `ThrottlingReasons`, ThrottlingException has `throttlingReasons`
 * (DynamoDB's API model).
 */
function reasonsIn(body: ErrorBody): readonly string[] {
  return ['ThrottlingReasons', 'throttlingReasons'].flatMap((name) => {
    const reasons = body[name]
    if (!Array.isArray(reasons)) return []
    return reasons.flatMap((one: { reason?: unknown } | null) =>
      typeof one?.reason === 'string' ? one.reason : [],
    )
  })
}
