/** A connection through a proxy, to use TLS over: the proxy sees only the host and port. */
import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Socket } from 'node:net'
import type { HttpProxy } from './proxy.ts'

export interface TunnelOptions {
  readonly proxy: HttpProxy
  /** Of the target. */
  readonly host: string
  readonly port: number
  /** Certificates to trust (PEM). Absent: those that Node.js trusts. */
  readonly trust?: string | undefined
  /** When it aborts, the tunnel is no longer needed. */
  readonly signal: AbortSignal
}

/**
 * @throws Error with code `ERR_PROXY_REFUSED` if the proxy refuses this target, with code
 * `ERR_PROXY_UNAVAILABLE` if it cannot open the tunnel just now, or with the code of the socket to
 * it
 */
export function openTunnel({ proxy, host, port, trust, signal }: TunnelOptions): Promise<Socket> {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const options = {
    ...{ host: proxy.host, port: proxy.port, method: 'CONNECT', path: place, signal },
    headers: { host: place, ...proxy.headers },
    agent: false,
  }
  const asking = proxy.isTls
    ? requestTls({ ...options, ...(trust !== undefined && { ca: trust }) })
    : request(options)
  return new Promise((resolve, reject) => {
    asking.once('connect', ({ statusCode = 0, statusMessage }, socket, rest) => {
      if (statusCode === 200) {
        if (rest.length > 0) socket.unshift(rest)
        return resolve(socket as Socket)
      }
      socket.destroy()
      const code = statusCode >= 500 ? 'ERR_PROXY_UNAVAILABLE' : 'ERR_PROXY_REFUSED'
      const message = `the proxy ${proxy.shown} answers ${statusCode} ${statusMessage} when asked for ${place}`
      return reject(Object.assign(new Error(message), { code }))
    })
    asking.once('error', reject)
    asking.end()
  })
}
