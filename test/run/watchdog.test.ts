/** The watchdog over a task whose messages the test sends. */
import { setTimeout as sleep } from 'node:timers/promises'
import { asText } from '../../lib/protocol/as-text.ts'
import type { ProgressMessage } from '../../lib/protocol/messages.ts'
import type { SegmentTask } from '../../lib/protocol/tasks.ts'
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

t.test('the time that a task waited for its thread is not a stall', async (t) => {
  const { watch, stalls } = watched(t)
  await sleep(LIMIT * 2)
  watch.heard(alive())
  await sleep(LIMIT / 2)
  t.strictSame(stalls, [])
})

t.test('a task that is idle for too long stalls', async (t) => {
  const { watch, stalls } = watched(t)
  for (let said = 0; said < 20; said++) {
    watch.heard(alive())
    await sleep(LIMIT / 10)
  }
  t.match(stalls, [/no request or hook under way/])
  t.equal(stalls.length, 1)
})

t.test('a task that hangs on one request stalls, whatever its other requests do', async (t) => {
  const { watch, stalls } = watched(t)
  watch.heard(alive({ isThreadIdle: false, longest: { what: 'Scan', busy: LIMIT } }))
  watch.heard({ type: 'orders-differ', replica: 1 })
  await sleep(LIMIT / 2)
  t.match(stalls, [/no progress for .* \(under way: Scan\)/])
})

t.test('a task that waits for an answer of the main thread does not stall', async (t) => {
  const { watch, stalls } = watched(t)
  watch.heard(alive())
  watch.heard({ type: 'about-to-write', writes: asText([]) })
  await sleep(LIMIT * 2)
  t.strictSame(stalls, [])
  watch.answered({ type: 'journaled', count: 0 })
  watch.heard(alive())
  await sleep(LIMIT / 2)
  t.strictSame(stalls, [], 'it starts afresh after that')
})
