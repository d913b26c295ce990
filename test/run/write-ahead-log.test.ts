/** Which writes that were about to be sent a new task has to know about. */

import { WriteAheadLog } from '../../lib/run/state/write-ahead-log.ts'
import { t } from '../support/tap.ts'

const key = '{"id":{"S":"a"}}'
const intent = { replica: 1, key, kind: 'missing' } as const

t.test('WriteAheadLog hides the intents of running tasks from other tasks', async (t) => {
  const intents = new WriteAheadLog()
  await intents.add([intent])
  t.same(intents.of(1), [])
  t.same(intents.ofKeys(1, [key]), [])
  t.same(intents.all(), [intent], 'but a checkpoint has them')
  intents.orphan()
  t.same(intents.of(1), [intent])
  t.same(intents.of(2), [])
  t.same(intents.ofKeys(1, [key, '{"id":{"S":"b"}}']), [intent])
})

for (const [what, one, other] of [
  ['blanks', '{"id": {"S":"a"} }', '{"id":{"S":"a"}}'],
  ['escapes', '{"id":{"S":"\\u0061"}}', '{"id":{"S":"a"}}'],
  ['names of digits', '{"10":{"S":"a"},"9":{"S":"b"}}', '{"10":{"S":"a"}, "9":{"S":"b"}}'],
] as const) {
  t.test(`WriteAheadLog recognises a key in another spelling, with ${what}`, async (t) => {
    for (const [noted, entered] of [
      [one, other],
      [other, one],
    ] as const) {
      const intents = new WriteAheadLog()
      await intents.add([{ ...intent, key: noted }])
      intents.orphan()
      t.equal(intents.ofKeys(1, [entered]).length, 1)
      intents.entered(1, JSON.parse(entered))
      t.same(intents.all(), [])
    }
  })
}
