/** dynalite in this process: a DynamoDB without Java, with the scan order of the service. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import dynalite from 'dynalite'

export interface Engine {
  readonly endpoint: string
  stop(): Promise<void>
}

export async function startDynalite(): Promise<Engine> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
