import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { TablesyncError } from '../../lib/errors.ts'
import { fromWire, toWire } from '../../lib/protocol/wire-error.ts'
import { t } from '../support/tap.ts'

function throughPort<T>(message: T): T {
  const { port1, port2 } = new MessageChannel()
  port1.postMessage(message)
  const received = receiveMessageOnPort(port2)?.message
  port1.close()
  return received
}

t.test('toWire keeps what makes an error ours across threads', async (t) => {
  const error = new TablesyncError('no', {
    code: 'THROTTLED',
    scope: 'segment',
    hint: 'wait',
    table: 2,
    cause: { secret: () => 'functions cannot be cloned' },
  })
  const arrived = fromWire(throughPort(toWire(error)))
  t.ok(arrived instanceof TablesyncError)
  t.match(arrived, { message: 'no', code: 'THROTTLED', scope: 'segment', hint: 'wait', table: 2 })
})

t.test('toWire turns an unexpected error into an INTERNAL one, with its stack', async (t) => {
  const arrived = fromWire(throughPort(toWire(new TypeError('x is not a function'))))
  t.match(arrived, { code: 'INTERNAL', scope: 'run', message: 'x is not a function' })
  t.match(String(arrived.cause), 'TypeError')
  t.match(fromWire(toWire('a string')), { code: 'INTERNAL', message: 'a string' })
})
