/** What counts as a stall, and what does not. */
import { InFlight } from '../../lib/dynamo/request/in-flight.ts'
import { t } from '../support/tap.ts'

/** A clock that only `pass` moves on. */
function scene() {
  let now = 1000
  const task = new InFlight(() => now)
  return {
    task,
    busy: () => task.longest()?.busy,
    pass(milliseconds: number) {
      now += milliseconds
    },
  }
}

/** A wait that lasts until `end` is called. */
function wait() {
  let end = () => {}
  const waiting = new Promise<void>((resolve) => {
    end = resolve
  })
  return { waiting, end }
}

t.test('InFlight.longest returns the oldest operation that has not ended', async (t) => {
  const { task, pass } = scene()
  t.ok(task.isIdle)
  const first = task.begin(() => 'first')
  pass(100)
  const second = task.begin(() => 'second')
  t.same(task.longest(), { what: 'first', busy: 100 })
  first.end()
  t.same(task.longest(), { what: 'second', busy: 0 })
  second.end()
  t.ok(task.isIdle)
  t.equal(task.longest(), undefined)
})

t.test('an excused wait does not count as busy', async (t) => {
  const { task, busy, pass } = scene()
  const doing = task.begin(() => 'it')
  pass(100)
  const { waiting, end } = wait()
  const excused = doing.excused(waiting)
  pass(100)
  t.equal(busy(), 100, 'while it waits')
  pass(100)
  end()
  await excused
  t.equal(busy(), 100, 'after it')
  pass(7)
  t.equal(busy(), 107, 'it goes on')
})

t.test('a sleep of the machine does not count as busy, and is not deducted twice', async (t) => {
  const { task, busy, pass } = scene()
  const doing = task.begin(() => 'it')
  pass(300)
  // The machine slept for 250 of these 300 ms.
  task.overslept(250)
  t.equal(busy(), 50)
  // Slept, woke to an error, and waits for its retry before the sleep is noticed.
  pass(300)
  const { waiting, end } = wait()
  const excused = doing.excused(waiting)
  pass(50)
  task.overslept(350)
  t.equal(busy(), 50, 'while it waits')
  pass(150)
  end()
  await excused
  t.equal(busy(), 50, 'after it')
  // An operation that begins after the sleep has not slept.
  const late = task.begin(() => 'late')
  doing.end()
  task.overslept(10_000)
  pass(100)
  t.equal(busy(), 100, 'what came later')
  late.end()
})
