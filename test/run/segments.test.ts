/** Each segment more than a table has items costs a request for nothing. */
import { join } from 'node:path'
import { planSegments } from '../../lib/run/preflight/scan-plan.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { asks, openScene, type Party } from '../support/scene.ts'
import { t } from '../support/tap.ts'

const counted = ({ stub }: Party, ItemCount: number) =>
  stub.on(({ operation }) =>
    operation === 'DescribeTable'
      ? { rewrite: (answer) => ({ Table: { ...(answer['Table'] as object), ItemCount } }) }
      : undefined,
  )

const divisions = ({ stub }: Party) =>
  new Set(stub.requests.filter(asks('Scan')).map(({ body }) => body['TotalSegments']))

t.test('planSegments plans no more segments than a table can use', async (t) => {
  const plan = (segments: number, approximateItems: number | undefined) =>
    planSegments({ segments, parallel: 4 }, { approximateBytes: 1, approximateItems })
  t.equal(plan(1_000_000, 30), 32, 'eight for each lane')
  t.equal(plan(1_000_000, 5000), 5000)
  t.equal(plan(100, 5000), 100)
  t.equal(plan(31, 30), 31)
  t.equal(plan(3000, 0), 3000, 'a count of zero may be a young table')
  t.equal(plan(1_000_000, 0), 4096)
  t.equal(plan(1_000_000, undefined), 4096)
})

t.test('a run with too many segments uses fewer, warns about it, and is resumed', async (t) => {
  const { master, run } = await openScene(t)
  counted(master, 60)
  const checkpoint = join(await tempFolder(t), 'checkpoint')
  const asked = { segments: 1_000_000, checkpoint }
  const ending = new AbortController()
  let pages = 0
  master.stub.on((request) => {
    if (asks('Scan')(request) && ++pages === 10) ending.abort()
    return undefined
  })
  const first = await run({ ...asked, signal: ending.signal })
  t.equal(first.summary.outcome, 'interrupted')
  t.strictSame([...divisions(master)], [60])
  const message = '1,000,000 segments are too many for its items; it is scanned in 60 segments'
  t.match(
    first.events.find(({ type }) => type === 'warning'),
    { replica: master.label, message },
  )
  await t.rejects(run({ ...asked, segments: 7, resume: true }), { code: 'USAGE' })
  const second = await run({ ...asked, resume: true })
  t.equal(second.summary.outcome, 'different')
  t.equal(second.summary.master.scanned, 60)
  t.strictSame([...divisions(master)], [60])
})
