import { TablesyncError } from '../../lib/errors.ts'
import { CredentialRequests } from '../../lib/protocol/credential-requests.ts'
import { toWire } from '../../lib/protocol/wire-error.ts'
import { t } from '../support/tap.ts'

const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: 's' }
const HELD = { credentials: CREDENTIALS, askAgainAt: 0 }
const KEYS = { held: HELD }

t.test('CredentialRequests asks once for all callers that wait for the same table', async (t) => {
  const desk = new CredentialRequests()
  const asked: number[] = []
  desk.open((table) => asked.push(table))
  const waiting = [desk.get(0), desk.get(0), desk.get(1)]
  t.same(asked, [0, 1])
  desk.answer(0, KEYS)
  desk.answer(1, { held: { ...HELD, credentials: { ...CREDENTIALS, accessKeyId: 'b' } } })
  t.same(
    (await Promise.all(waiting)).map(({ credentials }) => credentials.accessKeyId),
    ['a', 'a', 'b'],
  )
})

t.test('CredentialRequests asks on another port when the one it asked on closes', async (t) => {
  const desk = new CredentialRequests()
  const asked: string[] = []
  const first = () => asked.push('first')
  const second = () => asked.push('second')
  desk.open(first)
  const waiting = desk.get(0)
  desk.open(second)
  desk.close(first)
  t.equal(asked.at(-1), 'second')
  desk.answer(0, KEYS)
  t.same(await waiting, HELD)
  desk.answer(0, KEYS)
})

t.test('CredentialRequests asks as soon as a port opens', async (t) => {
  const desk = new CredentialRequests()
  const waiting = desk.get(0)
  const asked: number[] = []
  desk.open((table) => asked.push(table))
  t.same(asked, [0])
  desk.answer(0, KEYS)
  t.same(await waiting, HELD)
})

t.test('CredentialRequests passes a refusal on, and asks again the next time', async (t) => {
  const desk = new CredentialRequests()
  const asked: number[] = []
  desk.open((table) => asked.push(table))
  const waiting = desk.get(0)
  const error = toWire(new TablesyncError('no', { code: 'CREDENTIALS', scope: 'table' }))
  desk.answer(0, { error })
  await t.rejects(waiting, { code: 'CREDENTIALS', message: 'no' })
  const again = desk.get(0)
  desk.answer(0, KEYS)
  t.same(await again, HELD)
  t.same(asked, [0, 0])
})
