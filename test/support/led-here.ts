/**
 * Loaded into a command first (`NODE_OPTIONS=--import`): every connection that would leave this
 * machine goes to the test's own servers instead. The program still requests the host that it
 * means, so that a test can see which one that is.
 */
import { Socket } from 'node:net'

const { TEST_PLAIN_PORT: plain, TEST_TLS_PORT: tls } = process.env

const HERE = /^(localhost|127\..*|::1|\[::1\])$/

interface Target {
  readonly host?: string
  readonly port?: number | string
  readonly path?: string | null
}

const { connect } = Socket.prototype

Socket.prototype.connect = function (this: Socket & { encrypted?: boolean }, ...args: unknown[]) {
  // Node.js passes arguments that it has normalised already as one list.
  const list = (Array.isArray(args[0]) ? args[0] : args) as [Target, ...unknown[]]
  const { host, path } = list[0]
  if (host !== undefined && !path && !HERE.test(host)) {
    const port = this.encrypted === true ? tls : plain
    list[0] = { ...list[0], host: '127.0.0.1', port: Number(port) }
  }
  return Reflect.apply(connect, this, args)
} as typeof connect
