/**
 * One way of going through two tables, in a process of its own, so that its
 * start-up counts and nothing else does: each loads what it needs. Prints what it found and what it took.
 *
 * `floor`: reads all pages over node:http and throws them away. `sdk`: scans
 * with the SDK, which parses, and compares items by their sorted JSON; what an
 * ordinary program does. `tablesync`: this project.
 */
import { Agent, request } from 'node:http'

const [contestant = '', endpoint = '', master = '', replica = '', options = '{}'] =
  process.argv.slice(2)

const SEGMENTS = 8
const began = performance.now()
const found = await contend()
const { user, system } = process.cpuUsage()
console.log(
  JSON.stringify({
    contestant,
    ...found,
    cpuMs: Math.round((user + system) / 1000),
    wallMs: Math.round(performance.now() - began),
    peakMB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
)

async function contend(): Promise<{ readonly items: number; readonly readUnits?: number }> {
  switch (contestant) {
    case 'floor':
      return floor()
    case 'sdk':
      return sdk()
    case 'tablesync':
      return tablesync()
    default:
      throw new Error(`no contestant ${contestant}`)
  }
}

async function tablesync() {
  const { runSync } = await import('../lib/index.ts')
  const summary = await runSync({
    minMismatchAge: 0,
    master: `local:${master}`,
    replicas: [`local:${replica}`],
    endpoint,
    ...JSON.parse(options),
  })
  const { scanned, readUnits } = summary.master
  const units = Object.values(summary.replicas).reduce(
    (sum, each) => sum + each.readUnits,
    readUnits,
  )
  return { items: scanned, readUnits: units, summary }
}

async function floor() {
  const agent = new Agent({ keepAlive: true })
  const segments = Array.from({ length: SEGMENTS }, (_, segment) => segment)
  let bytes = 0
  await Promise.all(
    [master, replica].flatMap((table) =>
      segments.map(async (segment) => {
        for (let key: string | undefined = ''; key !== undefined; ) {
          const from = key === '' ? '' : `,"ExclusiveStartKey":${key}`
          const body = `{"TableName":"${table}","Segment":${segment},"TotalSegments":${SEGMENTS}${from}}`
          const page = await post(body, agent)
          bytes += page.bytes
          key = /"LastEvaluatedKey":(\{"id":\{"S":"[^"]*"\}\})/.exec(page.tail)?.[1]
        }
      }),
    ),
  )
  agent.destroy()
  return { items: 0, bytes }
}

function post(body: string, agent: Agent): Promise<{ bytes: number; tail: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.Scan', 'content-length': body.length }
    const sent = request(endpoint, { method: 'POST', agent, headers }, (response) => {
      let bytes = 0
      let last: Buffer[] = []
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        last = [last.at(-1) ?? Buffer.alloc(0), chunk]
      })
      response.on('end', () =>
        resolve({ bytes, tail: Buffer.concat(last).subarray(-300).toString() }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function sdk() {
  const { DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb')
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ region: 'local', endpoint, credentials })
  let items = 0
  const segments = Array.from({ length: SEGMENTS }, (_, segment) => segment)
  await Promise.all(
    segments.map(async (Segment) => {
      const scan = async function* (TableName: string) {
        let ExclusiveStartKey: Record<string, never> | undefined
        do {
          const page = await client.send(
            new ScanCommand({
              TableName,
              Segment,
              TotalSegments: SEGMENTS,
              ...(ExclusiveStartKey && { ExclusiveStartKey }),
            }),
          )
          yield* page.Items ?? []
          ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined
        } while (ExclusiveStartKey !== undefined)
      }
      const other = scan(replica)
      for await (const item of scan(master)) {
        const { value } = await other.next()
        items++
        if (sorted(item) !== sorted(value ?? {})) throw new Error('the tables differ')
      }
    }),
  )
  client.destroy()
  return { items }
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, each) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}
