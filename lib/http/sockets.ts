/** Sockets to one address, plain or TLS. */
import { connect, isIP, type OnReadOpts, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { RequestAddress } from '../model/request-address.ts'
import type { Milliseconds } from '../model/units.ts'

/** What goes where it is read is said by `onread` (Node.js, `socket.connect`). */
export type NewSocket = (onread: OnReadOpts, onConnected: () => void) => Socket

/** Without a word for so long the system asks whether the other end is there still. */
const PROBE_AFTER: Milliseconds = 1000

export function socketMaker({ protocol, hostname, port }: RequestAddress['request']): NewSocket {
  const isPlain = protocol === 'http:'
  // An IPv6 address stands in brackets where it is a part of a URL.
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const common = {
    host,
    port: port ?? (isPlain ? 80 : 443),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER,
  }
  if (isPlain) return (onread, onConnected) => connect({ ...common, onread }, onConnected)

  /** The last session: the next connection need not agree on everything anew. */
  let session: Buffer | undefined
  return (onread, onConnected) => {
    const socket = connectTls(
      {
        ...common,
        // TLS names no addresses (RFC 6066, section 3).
        servername: isIP(host) ? '' : host,
        ALPNProtocols: ['http/1.1'],
        session,
        onread,
      } as ConnectionOptions,
      onConnected,
    )
    socket.on('session', (latest: Buffer) => {
      session = latest
    })
    return socket
  }
}
