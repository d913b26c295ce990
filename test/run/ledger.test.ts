import t from 'tap'
import { TablesyncError } from '../../lib/errors.ts'
import { type Tally, zeroReplicaTally } from '../../lib/model/tally.ts'
import { Ledger } from '../../lib/run/ledger.ts'

const tally = (scanned: number, sameAs: number, replica = 1): Tally => ({
  master: { scanned, readUnits: scanned / 2 },
  replicas: { [replica]: { ...zeroReplicaTally(), sameAs } },
})

t.test('Ledger replaces a task’s snapshots by the next, and by its record', async (t) => {
  const ledger = new Ledger([1], false)
  const [one, other] = [{}, {}]
  ledger.note(one, tally(5, 4))
  ledger.note(one, tally(10, 9))
  ledger.note(other, tally(1, 1))
  t.match(ledger.totals(), tally(11, 10))
  ledger.close(one, tally(20, 19))
  t.match(ledger.totals(), tally(21, 20))
  ledger.close(other, tally(2, 2))
  t.match(ledger.totals(), tally(22, 21))
})

t.test('Ledger keeps the last that a lost task said', async (t) => {
  const ledger = new Ledger([1], false)
  const task = {}
  ledger.note(task, tally(5, 4))
  ledger.abandon(task)
  ledger.abandon({})
  t.match(ledger.totals(), tally(5, 4))
})

t.test('Ledger adds up each replica by itself', async (t) => {
  const ledger = new Ledger([1, 2], false)
  ledger.close({}, tally(5, 4, 1))
  ledger.close({}, tally(7, 6, 2))
  t.equal(ledger.totalOf(1).sameAs, 4)
  t.equal(ledger.totalOf(2).sameAs, 6)
  t.equal(ledger.totals().master.scanned, 12)
})

t.test('Ledger leaves a lost replica out of those attached', async (t) => {
  const ledger = new Ledger([1, 2], false)
  ledger.fate(1).lost = new TablesyncError('gone', { code: 'UNREACHABLE', scope: 'table' })
  t.same(ledger.attached(), [2])
})

t.test('Ledger counts errors of one message once each, and keeps no more than fifty', async (t) => {
  const ledger = new Ledger([1], false)
  const error = (message: string) => new TablesyncError(message, { code: 'SERVICE', scope: 'item' })
  for (let i = 0; i < 100; i++) ledger.noteError('x:T', error('same'))
  for (let i = 0; i < 100; i++) ledger.noteError('x:T', error(`other ${i}`))
  t.equal(ledger.errors().length, 50)
  t.match(ledger.errors()[0], { table: 'x:T', message: 'same', count: 100 })
})
