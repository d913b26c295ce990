/**
 * One way to compare two tables, in a process of its own: only its own start-up counts, since each
 * contestant loads what it needs. Prints what it found and what it took.
 *
 * `floor`: reads all pages over node:http and throws them away. `json`: reads them in the same way,
 * parses them, and compares items by their sorted JSON. `sdk`: does the same with pages that the
 * SDK has parsed, as an ordinary program does. `tablesync`: this project.
 */
import { openAgent, rawPages } from './raw-pages.ts'

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
    case 'json':
      return json()
    case 'sdk':
      return sdk()
    case 'tablesync':
      return tablesync()
    default:
      throw new Error(`no contestant ${contestant}`)
  }
}

async function tablesync() {
  const { runSync } = (await import('tablesync')) as typeof import('../lib/index.ts')
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

/** Every segment of both tables at once. */
async function floor() {
  const agent = openAgent()
  let bytes = 0
  await Promise.all(
    [master, replica].flatMap((table) =>
      slices().map(async (slice) => {
        const pages = rawPages(endpoint, table, slice, { agent, isKept: false })
        for await (const page of pages) bytes += page.bytes
      }),
    ),
  )
  agent.destroy()
  return { items: 0, bytes }
}

async function json() {
  const agent = openAgent()
  const itemsOf = async function* (table: string, slice: ReturnType<typeof slices>[number]) {
    for await (const { text } of rawPages(endpoint, table, slice, { agent, isKept: true })) {
      yield* JSON.parse(text.toString()).Items as object[]
    }
  }
  const items = await compareAll(itemsOf)
  agent.destroy()
  return { items }
}

function slices() {
  return Array.from({ length: SEGMENTS }, (_, segment) => ({ segment, totalSegments: SEGMENTS }))
}

/** The items of one segment of a table. */
type ItemsOf = (table: string, slice: ReturnType<typeof slices>[number]) => AsyncGenerator<object>

async function compareAll(itemsOf: ItemsOf): Promise<number> {
  const compared = slices().map((slice) => compare(itemsOf(master, slice), itemsOf(replica, slice)))
  return (await Promise.all(compared)).reduce((sum, count) => sum + count, 0)
}

/** Compares item by item, and returns how many there were. */
async function compare(one: AsyncGenerator<object>, other: AsyncGenerator<object>) {
  let items = 0
  for await (const item of one) {
    const { value } = await other.next()
    items++
    if (sorted(item) !== sorted(value ?? {})) throw new Error('the tables differ')
  }
  return items
}

async function sdk() {
  const { DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb')
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ region: 'local', endpoint, credentials })
  const itemsOf = async function* (
    TableName: string,
    { segment: Segment, totalSegments: TotalSegments }: ReturnType<typeof slices>[number],
  ) {
    let ExclusiveStartKey: Record<string, never> | undefined
    do {
      const page = await client.send(
        new ScanCommand({
          TableName,
          Segment,
          TotalSegments,
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        }),
      )
      yield* page.Items ?? []
      ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined
    } while (ExclusiveStartKey !== undefined)
  }
  const items = await compareAll(itemsOf)
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
