/** An HTTP server at a free port of the loopback. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Loopback {
  readonly endpoint: string
  close(): Promise<void>
  /** Listens again after `close`, at the same port. */
  listenAgain(): Promise<void>
}

/** @param violations gets the message of what `answer` throws; the connection is closed then */
export async function listenOnLoopback(
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>,
  violations: string[],
): Promise<Loopback> {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: Error) => {
      violations.push(error.message)
      outgoing.destroy()
    })
  })
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
    listenAgain: () => listen(port),
  }
}
