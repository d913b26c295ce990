/** The watchdog over a task that says what it is made to say. */
import { setTimeout as sleep } from 'node:timers/promises'
import { asText } from '../../lib/protocol/as-text.ts'
import type { ProgressMessage, SegmentTask } from '../../lib/protocol/messages.ts'
import { Watchdog } from '../../lib/run/threads/watchdog.ts'
import { type Test, t } from '../support/tap.ts'

const LIMIT = 300
const TASK: SegmentTask = { kind: 'undo', replica: 1, keys: [], intents: [] }

function watched(t: Test) {
  const stalls: string[] = []
  const watchdog = new Watchdog({ limit: LIMIT, onStalled: (_, _thread, how) => stalls.push(how) })
  watchdog.begin()
  t.teardown(() => watchdog.end())
  return { watch: watchdog.watch(TASK), stalls }
}

const alive = (more: object = {}): ProgressMessage => ({
  type: 'alive',
  thread: 7,
  isThreadIdle: true,
  ...more,
})

t.test('a task that waited long for its thread has just begun', async (t) => {
  const { watch, stalls } = watched(t)
  await sleep(LIMIT * 2)
  watch.heard(alive())
  await sleep(LIMIT / 2)
  t.strictSame(stalls, [])
})

t.test('a task that is idle for too long stands still', async (t) => {
  const { watch, stalls } = watched(t)
  for (let said = 0; said < 20; said++) {
    watch.heard(alive())
    await sleep(LIMIT / 10)
  }
  t.match(stalls, [/in no request/])
  t.equal(stalls.length, 1)
})

t.test('a task stands still that hangs on one request, whatever others do', async (t) => {
  const { watch, stalls } = watched(t)
  watch.heard(alive({ isThreadIdle: false, longest: { what: 'Scan', busy: LIMIT } }))
  watch.heard({ type: 'orders-differ', replica: 1 })
  await sleep(LIMIT / 2)
  t.match(stalls, [/no progress for .*: Scan/])
})

t.test('a task is let be that waits for what it asked the main thread', async (t) => {
  const { watch, stalls } = watched(t)
  watch.heard(alive())
  watch.heard({ type: 'about-to-write', writes: asText([]) })
  await sleep(LIMIT * 2)
  t.strictSame(stalls, [])
  watch.answered({ type: 'journaled', count: 0 })
  watch.heard(alive())
  await sleep(LIMIT / 2)
  t.strictSame(stalls, [], 'and begins anew then')
})
