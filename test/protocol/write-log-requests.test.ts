/** How intended writes go to the main thread: together, and one message after the other. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AboutToWrite } from '../../lib/protocol/messages.ts'
import { WriteLogRequests } from '../../lib/protocol/write-log-requests.ts'
import { t } from '../support/tap.ts'

function scene() {
  const sent: string[][] = []
  const requests = new WriteLogRequests((writes) => sent.push(writes.map(({ line = '' }) => line)))
  const ended: string[] = []
  const record = (line: string) => {
    const write: AboutToWrite = { line }
    requests.record(write).then(
      () => ended.push(line),
      () => ended.push(`${line} failed`),
    )
  }
  return { sent, ended, requests, record }
}

t.test('Writes that come while others are put on record go together', async (t) => {
  const { sent, ended, requests, record } = scene()
  for (const line of ['a', 'b']) record(line)
  await nextTurn()
  t.same(sent, [['a', 'b']], 'those of one turn')
  for (const line of ['c', 'd']) record(line)
  await nextTurn()
  record('e')
  await nextTurn()
  t.same(sent, [['a', 'b']], 'nothing is sent before the answer')
  t.same(ended, [], 'and nothing has been recorded')
  requests.recorded(2)
  await nextTurn()
  t.same(ended, ['a', 'b'])
  t.same(sent, [
    ['a', 'b'],
    ['c', 'd', 'e'],
  ])
  requests.recorded(3)
  await nextTurn()
  t.same(ended, ['a', 'b', 'c', 'd', 'e'])
  record('f')
  await nextTurn()
  t.same(sent.at(-1), ['f'])
})

t.test('A message that could not be recorded fails its own writes', async (t) => {
  const { sent, ended, requests, record } = scene()
  record('a')
  await nextTurn()
  record('b')
  requests.recorded(1, { message: 'disk full', code: 'DISK', scope: 'run' } as never)
  await nextTurn()
  t.same(ended, ['a failed'])
  t.same(sent, [['a'], ['b']])
  requests.recorded(1)
  await nextTurn()
  t.same(ended, ['a failed', 'b'])
})
