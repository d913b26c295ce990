/** How the SDK sends its own requests: descriptions of tables, and requests for credentials. */
import { Agent, type AgentOptions } from 'node:https'
import { connect, type TLSSocketOptions } from 'node:tls'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { RequestTimeouts } from '../model/request-timeouts.ts'
import { urlOf } from '../model/tables/request-address.ts'
import { bareHost, type HttpProxy, proxyFor } from './proxy.ts'
import { openTunnel } from './tunnel.ts'

export interface SdkHandlerOptions {
  readonly timeouts: Pick<RequestTimeouts, 'connectTimeout' | 'responseTimeout'>
  /** When it aborts, requests in flight end. */
  readonly ending?: AbortSignal | undefined
  /** Certificates to trust (PEM). Absent: those that Node.js trusts. */
  readonly trust?: string | undefined
}

/** Requests time out with `TimeoutError`, and go through the proxy that the environment names. */
export function sdkHandler(options: SdkHandlerOptions): NodeHttpHandler {
  return new OurHandler(options)
}

/** The SDK would print messages to stderr that are not errors. */
export const QUIET = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

class OurHandler extends NodeHttpHandler {
  readonly #ending: AbortSignal | undefined

  constructor({ timeouts, ending, trust }: SdkHandlerOptions) {
    super({
      connectionTimeout: timeouts.connectTimeout,
      requestTimeout: timeouts.responseTimeout,
      throwOnRequestTimeout: true,
      httpsAgent: new LedAgent({ keepAlive: true, ...(trust !== undefined && { ca: trust }) }),
      logger: QUIET,
    })
    this.#ending = ending
  }

  override handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    const abortSignal = options?.abortSignal ?? this.#ending
    const proxy = request.protocol === 'http:' ? proxyFor(request) : undefined
    const sent = proxy === undefined ? request : askedOf(proxy, request)
    return super.handle(sent, { ...options, ...(abortSignal && { abortSignal }) })
  }
}

type Request = Parameters<NodeHttpHandler['handle']>[0]

/** Sends a plain request to the proxy, which needs the whole URL (RFC 9112, section 3.2.2). */
function askedOf(proxy: HttpProxy, request: Request): Request {
  return Object.assign(Object.create(Object.getPrototypeOf(request)), request, {
    protocol: proxy.isTls ? 'https:' : 'http:',
    hostname: proxy.host,
    port: proxy.port,
    path: urlOf(request) + request.path,
    headers: { ...request.headers, ...proxy.headers },
  })
}

/** Opens its own connections, through a proxy if the environment names one for the target. */
class LedAgent extends Agent {
  readonly #trust: string | undefined

  constructor(options: AgentOptions & { readonly ca?: string }) {
    super(options)
    this.#trust = options.ca
  }

  override createConnection(
    options: TLSSocketOptions & { readonly host?: string; readonly port?: number },
    done: (error: unknown, socket?: unknown) => void,
  ) {
    const { host = '', port = 443 } = options
    const proxy = proxyFor({ protocol: 'https:', hostname: host, port: Number(port) })
    if (proxy === undefined) return super.createConnection(options, done)
    const signal = new AbortController().signal
    openTunnel({ proxy, host: bareHost(host), port, trust: this.#trust, signal }).then(
      (socket) => done(null, connect({ ...options, socket })),
      (error: unknown) => done(error),
    )
    return undefined
  }
}
