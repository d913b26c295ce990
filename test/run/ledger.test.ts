import { TablesyncError } from '../../lib/errors.ts'
import { Ledger } from '../../lib/run/state/ledger.ts'
import { t } from '../support/tap.ts'

t.test('Ledger.attached leaves out a lost replica', async (t) => {
  const ledger = new Ledger([1, 2], false)
  ledger.stateOf(1).lost = new TablesyncError('gone', { code: 'UNREACHABLE', scope: 'table' })
  t.same(ledger.attached(), [2])
})

t.test('Ledger counts errors with one message together, and keeps at most fifty', async (t) => {
  const ledger = new Ledger([1], false)
  const error = (message: string) => new TablesyncError(message, { code: 'SERVICE', scope: 'item' })
  for (let i = 0; i < 100; i++) ledger.noteError('x:T', error('same'))
  for (let i = 0; i < 100; i++) ledger.noteError('x:T', error(`other ${i}`))
  t.equal(ledger.errors().length, 50)
  t.match(ledger.errors()[0], { table: 'x:T', message: 'same', count: 100 })
})
