import { crc32 } from 'node:zlib'
import type { Body } from '../../lib/item/bytes/response-body.ts'
import type { ReplicaTally } from '../../lib/model/tally.ts'
import { compareSegment } from '../../workers/compare/compare-segment.ts'
import { compareTask, memoryThread, recordedControl } from '../support/memory-thread.ts'
import { ID_KEY } from '../support/pages.ts'
import { memoryTable } from '../support/tables/memory-table.ts'
import { itemClient, serveTable } from '../support/tables/served-table.ts'
import { t } from '../support/tap.ts'

const asTheyCome = ({ bytes }: Body) => bytes

async function clientOf(body: Buffer) {
  const received: string[] = []
  const agents: string[] = []
  const table = await serveTable(t, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      agents.push(request.headers['user-agent'] ?? '')
      received.push(Buffer.concat(chunks).toString())
      response.writeHead(200, { 'content-length': body.length, 'x-amz-crc32': crc32(body) })
      response.end(body)
    })
  })
  const client = await itemClient(t, { ...table, userAgent: 'tablesync/0a1b2c3d' })
  return { client, received, agents }
}

for (const operation of ['Scan', 'BatchGetItem'] as const) {
  t.test(`TableClient.send hands over the bytes of a ${operation} response unparsed`, async (t) => {
    // No JSON parser accepts this.
    const body = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x00, 0x5d, 0x7d, 0x0a])
    const { client } = await clientOf(body)
    t.same(
      Buffer.from(await client.send({ operation, body: '{}', read: asTheyCome, unitsOf: () => 0 })),
      body,
    )
  })

  t.test(`TableClient.send sends the body of a ${operation} as it is given`, async (t) => {
    const { client, received, agents } = await clientOf(Buffer.from('{}'))
    const body = '{"TableName":"T" , "Key":{"id":{"N":"1.000000000000000000000000000000000001"}}}'
    await client.send({ operation, body, read: asTheyCome, unitsOf: () => 0 })
    t.same(received, [body])
    t.match(agents, [/aws-sdk-js\/.* tablesync\/0a1b2c3d/])
  })
}

t.test('compareSegment parses no item whose bytes agree', async (t) => {
  const items = Array.from({ length: 1000 }, (_, i) => ({
    id: { S: `marked ${i}` },
    text: { S: 'same on both sides' },
  }))
  const tables = [
    memoryTable({ index: 0, schema: ID_KEY, items, pageSize: 30 }),
    memoryTable({ index: 1, schema: ID_KEY, items, pageSize: 70 }),
  ] as const
  const thread = memoryThread(tables[0], [tables[1]])
  const { parse } = JSON
  const parsed: string[] = []
  JSON.parse = (text: string, ...rest: []) => {
    parsed.push(text)
    return parse(text, ...rest)
  }
  try {
    const { tally } = await compareSegment(compareTask([1]), thread, recordedControl())
    t.equal((tally.replicas[1] as ReplicaTally).sameAs, 1000)
  } finally {
    JSON.parse = parse
  }
  // The in-memory table parses the cursors of requests; no cursor holds the text of an item.
  t.same(
    parsed.filter((text) => text.includes('same on both sides')),
    [],
  )
})
