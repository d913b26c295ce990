/** What counts as a stall, and what does not. */
import { setTimeout as sleep } from 'node:timers/promises'
import { InFlight } from '../../lib/dynamo/request/in-flight.ts'
import { t } from '../support/tap.ts'

const busy = (task: InFlight) => task.longest()?.busy ?? Number.NaN
const isAbout = (value: number, wanted: number) => Math.abs(value - wanted) < 60

t.test('InFlight.longest returns the oldest operation that has not ended', async (t) => {
  const task = new InFlight()
  t.ok(task.isIdle)
  const first = task.begin(() => 'first')
  await sleep(100)
  const second = task.begin(() => 'second')
  t.match(task.longest(), { what: 'first' })
  first.end()
  t.match(task.longest(), { what: 'second' })
  second.end()
  t.ok(task.isIdle)
  t.equal(task.longest(), undefined)
})

t.test('an excused wait does not count as busy', async (t) => {
  const task = new InFlight()
  const doing = task.begin(() => 'it')
  await sleep(100)
  const waiting = doing.excused(sleep(200).then(() => {}))
  await sleep(100)
  t.ok(isAbout(busy(task), 100), `${busy(task)} while it waits`)
  await waiting
  t.ok(isAbout(busy(task), 100), `${busy(task)} after it`)
})

t.test('a sleep of the machine does not count as busy, and is not deducted twice', async (t) => {
  const task = new InFlight()
  const doing = task.begin(() => 'it')
  await sleep(300)
  // The machine slept for 250 of these 300 ms.
  task.overslept(250)
  t.ok(isAbout(busy(task), 50), `${busy(task)}`)
  // Slept, woke to an error, and waits for its retry before the sleep is noticed.
  await sleep(300)
  const waiting = doing.excused(sleep(200).then(() => {}))
  await sleep(50)
  task.overslept(350)
  t.ok(isAbout(busy(task), 50), `${busy(task)} while it waits`)
  await waiting
  // An operation that begins after the sleep has not slept.
  const late = task.begin(() => 'late')
  doing.end()
  task.overslept(10_000)
  await sleep(100)
  t.ok(isAbout(busy(task), 100), `${busy(task)} of what came later`)
  late.end()
})
