/**
 * Serves generated tables in a process of its own, so that its cost is not counted with what is
 * measured. Speaks enough DynamoDB for a run, and bills as the service does. Of a write it keeps
 * only that it happened: a repaired item becomes that of the `base`. Prints its endpoint when it
 * listens, and answers each message of its parent with what it has billed and done. Over TLS if
 * `TABLESYNC_BENCH_CERTIFICATES` names a folder with `server.key` and `server.pem`.
 */
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { parseTableName } from '../tables/table-name.ts'
import { answer } from './answers.ts'
import { billed } from './billing.ts'
import { compressed } from './compressed.ts'
import { servedTable } from './served-tables.ts'

const done = { requests: 0, scans: 0, bytes: 0 }

const onRequest: RequestListener = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const text = Buffer.concat(chunks).toString()
    const body = JSON.parse(text)
    const plain = answer(operation, body)
    const takesGzip = request.headers['accept-encoding'] === 'gzip'
    const isLasting = operation === 'Scan' && !servedTable(body.TableName).hasAny
    const small = takesGzip ? compressed(plain, isLasting ? text : undefined) : undefined
    const sent = small ?? plain
    done.requests++
    if (operation === 'Scan') done.scans++
    done.bytes += plain.length
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': sent.length,
      ...(small !== undefined && { 'content-encoding': 'gzip' }),
      ...(!isUnsummed(body) && { 'x-amz-crc32': checksumOf(sent) }),
    })
    response.end(sent)
  })
}

const checksums = new WeakMap<Buffer, number>()

/** Pages are kept and sent more than once. */
function checksumOf(sent: Buffer): number {
  const known = checksums.get(sent) ?? crc32(sent)
  checksums.set(sent, known)
  return known
}

/** Whether answers about the table of a request lack their checksum. */
function isUnsummed(body: { TableName?: string; RequestItems?: object }): boolean {
  const name = body.TableName ?? Object.keys(body.RequestItems ?? {})[0]
  return name?.startsWith('gen.') === true && parseTableName(name).isUnsummed === true
}

const folder = process.env['TABLESYNC_BENCH_CERTIFICATES']
const read = (name: string) => readFileSync(join(folder as string, name))
const server =
  folder === undefined
    ? createServer(onRequest)
    : createTlsServer({ key: read('server.key'), cert: read('server.pem') }, onRequest)
// A contestant may process a page for longer than Node.js keeps an idle connection.
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const scheme = folder === undefined ? 'http' : 'https'
  console.log(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ ...billed, ...done, cpuMs: (user + system) / 1000 })
})
process.on('disconnect', () => process.exit(0))
