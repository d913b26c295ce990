import type { Finding } from '../../lib/protocol/messages.ts'
import { Outbox } from '../../lib/protocol/outbox.ts'
import { t } from '../support/tap.ts'

const finding = (i: number): Finding => ({
  type: 'delete-later',
  replica: 1,
  key: String(i),
  seen: null,
})

t.test('Outbox sends in batches, in order, and never more than two ahead', async (t) => {
  const sent: number[][] = []
  const outbox = new Outbox((findings) =>
    sent.push(findings.map((each) => Number(each.type === 'delete-later' && each.key))),
  )
  let told = 0
  const telling = (async () => {
    for (let i = 0; i < 450; i++) {
      await outbox.tell(finding(i))
      told++
    }
    await outbox.allTold()
  })()
  await new Promise(setImmediate)
  t.equal(sent.length, 2, 'two batches are in flight')
  t.equal(told, 299, 'the caller waits for the third')
  while (sent.flat().length < 450) {
    outbox.taken()
    await new Promise(setImmediate)
  }
  outbox.taken()
  outbox.taken()
  await telling
  t.same(
    sent.flat(),
    Array.from({ length: 450 }, (_, i) => i),
  )
})

t.test('Outbox sends a partial batch when nudged, and nothing when empty', async (t) => {
  let sent = 0
  const outbox = new Outbox(() => {
    sent++
  })
  outbox.nudge()
  t.equal(sent, 0)
  await outbox.tell(finding(1))
  outbox.nudge()
  t.equal(sent, 1)
  await outbox.tell(finding(2))
  outbox.nudge()
  t.equal(sent, 1, 'one is in flight')
  const all = outbox.allTold()
  outbox.taken()
  outbox.taken()
  await all
  t.equal(sent, 2)
})
