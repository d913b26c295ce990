/** The transport to one address: a plain or TLS socket, directly or through a proxy. */
import { connect, isIP, type OnReadOpts, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { RequestAddress } from '../model/tables/request-address.ts'
import type { Milliseconds } from '../model/units.ts'
import { bareHost, type HttpProxy } from './proxy.ts'
import { openTunnel } from './tunnel.ts'

/** Hears of a wire's events. `onread` says where bytes go (Node.js, `socket.connect`). */
export interface WireListener {
  readonly onread: Required<OnReadOpts>
  onConnected(): void
  onError(error: unknown): void
  /** The other end has closed. */
  onEnd(): void
  onClose(): void
}

export interface Wire {
  /** Bytes written before the wire is connected are sent once it is. */
  write(bytes: Buffer): void
  destroy(): void
}

export type NewWire = (listener: WireListener) => Wire

export interface WireOptions {
  readonly target: Pick<RequestAddress['request'], 'protocol' | 'hostname' | 'port'>
  /** Absent: requests go directly to the target. */
  readonly proxy?: HttpProxy | undefined
  /** Certificates to trust (PEM). Absent: those that Node.js trusts. */
  readonly trust?: string | undefined
}

/** After so long without traffic, the system checks whether the other end is still there. */
const PROBE_AFTER: Milliseconds = 1000

const ALIVE = { noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER }

export function wireMaker({ target, proxy, trust }: WireOptions): NewWire {
  const isPlain = target.protocol === 'http:'
  const host = bareHost(target.hostname)
  const port = target.port ?? (isPlain ? 80 : 443)
  // The proxy itself takes plain requests. For TLS, it opens a tunnel to the target.
  const next = isPlain && proxy !== undefined ? proxy : { host, port, isTls: !isPlain }
  const newTls = tlsSockets(next.host, trust)
  if (proxy !== undefined && !isPlain) {
    return (listener) =>
      lateWire(listener, async (signal) => {
        const socket = await openTunnel({ proxy, host, port, trust, signal })
        socket.setKeepAlive(true, PROBE_AFTER).setNoDelay(true)
        return newTls({ socket }, () => listener.onConnected())
      })
  }
  const place = { ...ALIVE, host: next.host, port: next.port }
  return (listener) => {
    const { onread } = listener
    const onConnected = () => listener.onConnected()
    const socket = next.isTls
      ? newTls({ ...place, onread } as ConnectionOptions, onConnected)
      : connect({ ...place, onread }, onConnected)
    return wireOver(socket, listener)
  }
}

/** Each TLS socket resumes the session of the last one, which saves a full handshake. */
function tlsSockets(host: string, trust: string | undefined) {
  let session: Buffer | undefined
  return (options: ConnectionOptions, onConnected: () => void): Socket => {
    const socket = connectTls(
      {
        ...options,
        host,
        // A TLS server name must not be an IP address (RFC 6066, section 3).
        servername: isIP(host) ? '' : host,
        ALPNProtocols: ['http/1.1'],
        session,
        ...(trust !== undefined && { ca: trust }),
      },
      onConnected,
    )
    socket.on('session', (latest: Buffer) => {
      session = latest
    })
    return socket
  }
}

function wireOver(socket: Socket, listener: WireListener): Wire {
  socket.on('error', (error) => listener.onError(error))
  socket.on('end', () => listener.onEnd())
  socket.on('close', () => listener.onClose())
  return {
    write: (bytes) => void socket.write(bytes),
    destroy: () => void socket.destroy(),
  }
}

/** A wire over a socket that opens later. Node.js reads such a socket into its own buffers. */
function lateWire(listener: WireListener, open: (signal: AbortSignal) => Promise<Socket>): Wire {
  const ending = new AbortController()
  const early: Buffer[] = []
  let wire: Wire | undefined
  open(ending.signal).then(
    (socket) => {
      wire = wireOver(socket, listener)
      if (ending.signal.aborted) return wire.destroy()
      socket.on('data', (bytes: Buffer) => listener.onread.callback(bytes.length, bytes))
      for (const bytes of early) wire.write(bytes)
    },
    (error: unknown) => listener.onError(error),
  )
  return {
    write: (bytes) => void (wire === undefined ? early.push(bytes) : wire.write(bytes)),
    destroy() {
      ending.abort()
      wire?.destroy()
    },
  }
}
