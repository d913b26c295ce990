/** The report on a stream: its lines, a slow reader, one that leaves, and a full disk. */
import type { Difference } from '../../lib/model/difference.ts'
import { openReportStream } from '../../lib/report/report-stream.ts'
import { t } from '../support/tap.ts'

const HEADER = {
  tablesync: 'report',
  version: 2,
  run: 'r',
  began: '2026-01-01T00:00:00.000Z',
  tables: {},
  options: {},
} as const

const FOOTER = {
  end: 'different',
  ended: '2026-01-01T00:00:01.000Z',
  totals: { master: { table: 'a', scanned: 1, readUnits: 1 }, replicas: {} },
} as const

const difference = (text: string): Difference => ({
  replica: 'b',
  kind: 'missing',
  key: { id: { S: text } },
  action: 'none',
})

t.test('the lines are those of a file, and safe to read on a terminal', async (t) => {
  let printed = ''
  const report = openReportStream(
    async (text) => {
      printed += text
      return true
    },
    HEADER,
    () => t.fail('nobody left'),
  )
  await report.write(difference('\u202Ea'))
  await report.end(FOOTER)
  await report.close()
  const lines = printed.split('\n')
  t.equal(lines.length, 4)
  t.match(lines[0], /^\{"crc":"\w{8}","line":1,"after":"00000000","tablesync":"report"/)
  t.match(lines[1], '"line":2')
  t.match(lines[1], '\\u202ea')
  t.match(lines[2], '"line":3')
  t.match(lines[2], '"end":"different"')
})

t.test('a slow reader holds the run up, and is not sent line by line', async (t) => {
  const prints: (() => void)[] = []
  let printed = 0
  const report = openReportStream(
    (text) => {
      printed += text.length
      return new Promise((resolve) => prints.push(() => resolve(true)))
    },
    HEADER,
    () => t.fail('nobody left'),
  )
  const line = difference('x'.repeat(1000))
  // Each settles at once while there is room.
  for (let at = 0; at < 50; at++) await report.write(line)
  t.equal(prints.length, 1, 'the header is on its way')
  let isFull = true
  const held = (async () => {
    for (let at = 0; at < 20; at++) await report.write(line)
    isFull = false
  })()
  await new Promise((resolve) => setImmediate(resolve))
  t.ok(isFull, 'the run waits')
  t.equal(prints.length, 1)
  const reading = setInterval(() => prints.shift()?.(), 1)
  await held
  await report.end(FOOTER)
  clearInterval(reading)
  t.ok(printed > 75_000)
})

t.test('a reader that leaves is told once, and nothing more is printed', async (t) => {
  let prints = 0
  let left = 0
  const report = openReportStream(
    async () => {
      prints++
      return false
    },
    HEADER,
    () => left++,
  )
  for (let at = 0; at < 100; at++) await report.write(difference('x'.repeat(1000)))
  await report.end(FOOTER)
  t.same([prints, left], [1, 1])
})

t.test('a full disk fails the report', async (t) => {
  const failing = async () => {
    throw new Error('ENOSPC')
  }
  const report = openReportStream(failing, HEADER, () => t.fail('nobody left'))
  await t.rejects(report.flush(), { message: 'ENOSPC' })
  await t.rejects(report.write(difference('a')), { message: 'ENOSPC' })
  await t.rejects(report.end(FOOTER), { message: 'ENOSPC' })
  await report.close()
})
