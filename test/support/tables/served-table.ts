/** A table behind a server of the test's own, and clients of it that are opened by hand. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Described } from '../../../lib/dynamo/describe/describer.ts'
import {
  type ClientOptions,
  openClient,
  type TableClient,
} from '../../../lib/dynamo/request/client.ts'
import type { RequestAddress } from '../../../lib/model/tables/request-address.ts'
import { addressOf, CREDENTIALS } from '../address.ts'
import { ID_KEY } from '../pages.ts'
import type { Test } from '../tap.ts'
import { PATIENCE } from './memory-table.ts'

/** Serves a table at a free port until the test ends; returns how to reach it. */
export async function serveTable(t: Pick<Test, 'teardown'>, answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    ...{ index: 0, label: 'x:T', tableName: 'T', region: 'us-east-1', userAgent: 'test' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  }
}

/** Opens a client for items, which is closed when the test ends. */
export async function itemClient(
  t: Pick<Test, 'teardown'>,
  access: Described & { readonly tableName: string },
  { address, ...options }: Partial<ClientOptions> & { readonly address?: RequestAddress } = {},
): Promise<TableClient> {
  const client = openClient(
    { ...access, keySchema: ID_KEY, address: address ?? (await addressOf(access)) },
    { timeouts: PATIENCE, credentials: CREDENTIALS, ...options },
  )
  t.teardown(() => client.close())
  return client
}
