import t from 'tap'
import { TablesyncError } from '../../lib/errors.ts'
import { CredentialDesk } from '../../lib/protocol/credential-desk.ts'
import { toWire } from '../../lib/protocol/wire-error.ts'

const KEYS = { accessKeyId: 'a', secretAccessKey: 's' }

t.test('CredentialDesk asks once for all who wait for the same table', async (t) => {
  const desk = new CredentialDesk()
  const asked: number[] = []
  desk.open((table) => asked.push(table))
  const waiting = [desk.get(0), desk.get(0), desk.get(1)]
  t.same(asked, [0, 1])
  desk.answer(0, KEYS)
  desk.answer(1, { ...KEYS, accessKeyId: 'b' })
  t.same(
    (await Promise.all(waiting)).map(({ accessKeyId }) => accessKeyId),
    ['a', 'a', 'b'],
  )
})

t.test('CredentialDesk asks on another port when the one it asked on closes', async (t) => {
  const desk = new CredentialDesk()
  const asked: string[] = []
  const first = () => asked.push('first')
  const second = () => asked.push('second')
  desk.open(first)
  const waiting = desk.get(0)
  desk.open(second)
  desk.close(first)
  t.equal(asked.at(-1), 'second')
  desk.answer(0, KEYS)
  t.same(await waiting, KEYS)
  desk.answer(0, KEYS)
})

t.test('CredentialDesk asks as soon as there is a port', async (t) => {
  const desk = new CredentialDesk()
  const waiting = desk.get(0)
  const asked: number[] = []
  desk.open((table) => asked.push(table))
  t.same(asked, [0])
  desk.answer(0, KEYS)
  t.same(await waiting, KEYS)
})

t.test('CredentialDesk passes a refusal on, and asks again the next time', async (t) => {
  const desk = new CredentialDesk()
  const asked: number[] = []
  desk.open((table) => asked.push(table))
  const waiting = desk.get(0)
  desk.answer(0, toWire(new TablesyncError('no', { code: 'CREDENTIALS', scope: 'table' })))
  await t.rejects(waiting, { code: 'CREDENTIALS', message: 'no' })
  const again = desk.get(0)
  desk.answer(0, KEYS)
  t.same(await again, KEYS)
  t.same(asked, [0, 0])
})
