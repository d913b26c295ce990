/** Connections to one table. */
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { Patience } from '../model/patience.ts'
import { reusingAgents } from './reused-reads.ts'

/** Requests to one table that one thread may have open at a time. */
const MAX_SOCKETS = 128

const AGENT = { keepAlive: true, maxSockets: MAX_SOCKETS }

export function openConnection(patience: Patience): NodeHttpHandler {
  const { http, https } = reusingAgents(AGENT)
  return new NodeHttpHandler({
    connectionTimeout: patience.connectTimeout,
    requestTimeout: patience.responseTimeout,
    throwOnRequestTimeout: true,
    httpAgent: http,
    httpsAgent: https,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
}
