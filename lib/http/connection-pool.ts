/**
 * HTTP/1.1 to one address: one connection for each request in flight, kept for later requests. Not
 * `node:http`, because that copies a body and hands it out in chunks, which takes more CPU than the
 * rest of the comparison.
 */
import type { RequestAddress } from '../model/tables/request-address.ts'
import type { Milliseconds } from '../model/units.ts'
import type { Answer, ConnectionOptions } from './answer.ts'
import type { Cancelling } from './cancelling.ts'
import { Connection, hungUp } from './connection.ts'
import { PageBuffers } from './page-buffers.ts'
import { proxyFor } from './proxy.ts'
import { headWriter } from './request-head.ts'
import { wireMaker } from './sockets.ts'

export interface Connections {
  /**
   * Sends a request and settles with the whole answer.
   *
   * @throws Error with name `TimeoutError`, or with the code of the socket or of the parser
   * (`HPE_*`)
   * @throws the reason of the signal
   */
  post(headers: Readonly<Record<string, string>>, body: Buffer, signal: Cancelling): Promise<Answer>
  close(): void
}

/** How many requests to one table one thread may have in flight. */
const MOST_CONNECTIONS = 128

/** Shorter than load balancers keep an unused connection (mostly a minute). */
const IDLE_TIMEOUT: Milliseconds = 30_000

/** @throws TablesyncError with code `USAGE` if the environment names a proxy that is not valid */
export function openConnections(
  address: RequestAddress['request'],
  options: ConnectionOptions,
): Connections {
  const proxy = proxyFor(address)
  const newWire = wireMaker({ target: address, proxy, trust: options.trust })
  const headOf = headWriter(address, proxy)
  const buffers = new PageBuffers()
  const open = new Set<Connection>()
  /** Reuse starts with the one used last: the other end may have closed those idle for longer. */
  const idle: { readonly connection: Connection; readonly since: Milliseconds }[] = []
  const idleTimeout = options.idleTimeout ?? IDLE_TIMEOUT
  let clearing: NodeJS.Timeout | undefined
  /** Each returns whether it takes its turn. */
  const waiting = new Set<() => boolean>()
  let isClosed = false

  function connect(): Connection {
    const connection = new Connection(newWire, buffers, options, () => {
      open.delete(connection)
      const at = idle.findIndex((one) => one.connection === connection)
      if (at >= 0) idle.splice(at, 1)
      nextOne()
    })
    open.add(connection)
    return connection
  }

  function freeConnection(): Connection | undefined {
    if (isClosed) throw hungUp()
    for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
      if (last.connection.isGood) return last.connection
      last.connection.close()
    }
    return open.size < MOST_CONNECTIONS ? connect() : undefined
  }

  /** Keeps the connection for the next request, and closes it if none comes. */
  function keep(connection: Connection): void {
    idle.push({ connection, since: performance.now() })
    clearing ??= setTimeout(closeIdle, idleTimeout).unref()
  }

  /** Connections that have been idle the longest come first in `idle`. */
  function closeIdle(): void {
    clearing = undefined
    const now = performance.now()
    for (const { connection, since } of [...idle]) {
      const left = since + idleTimeout - now
      if (left > 0) {
        clearing = setTimeout(closeIdle, left).unref()
        return
      }
      connection.close()
    }
  }

  /** Settles when another request has freed a connection. */
  function oneIsFree(signal: Cancelling): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        signal.removeEventListener('abort', settle)
        waiting.delete(settle)
        if (signal.aborted) reject(signal.reason)
        else resolve()
        return !signal.aborted
      }
      waiting.add(settle)
      signal.addEventListener('abort', settle)
    })
  }

  function nextOne(): void {
    for (const takesTurn of waiting) if (takesTurn()) return
  }

  return {
    async post(headers, body, signal) {
      const head = headOf(headers)
      signal.throwIfAborted()
      let connection = freeConnection()
      while (connection === undefined) {
        await oneIsFree(signal)
        // The signal may have been aborted after this request was woken.
        if (signal.aborted) nextOne()
        signal.throwIfAborted()
        connection = freeConnection()
      }
      const answer = await connection.request(head, body, signal)
      if (connection.isGood) keep(connection)
      else connection.close()
      nextOne()
      return answer
    },
    close() {
      isClosed = true
      clearTimeout(clearing)
      for (const connection of [...open]) connection.close()
      for (const wake of [...waiting]) wake()
    },
  }
}
