/** How the SDK sends what it sends itself: descriptions of tables, and requests for credentials. */
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { Patience } from '../model/patience.ts'

/**
 * Requests fail with `TimeoutError` where no answer comes in time.
 *
 * @param ending aborted: what is under way ends
 */
export function sdkHandler(
  { connectTimeout, responseTimeout }: Pick<Patience, 'connectTimeout' | 'responseTimeout'>,
  ending?: AbortSignal,
): NodeHttpHandler {
  return new EndingHandler(ending, {
    connectionTimeout: connectTimeout,
    requestTimeout: responseTimeout,
    throwOnRequestTimeout: true,
    logger: QUIET,
  })
}

/** The SDK would print to stderr what is no error. */
export const QUIET = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

class EndingHandler extends NodeHttpHandler {
  readonly #ending: AbortSignal | undefined

  constructor(
    ending: AbortSignal | undefined,
    options: ConstructorParameters<typeof NodeHttpHandler>[0],
  ) {
    super(options)
    this.#ending = ending
  }

  override handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    const abortSignal = options?.abortSignal ?? this.#ending
    return super.handle(request, { ...options, ...(abortSignal && { abortSignal }) })
  }
}
