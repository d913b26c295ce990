/** On a terminal, somebody is asked before a table is made. */
import { stripVTControlCharacters } from 'node:util'
import { answered } from '../support/command/answering.ts'
import { testEnv } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'
import { ACCOUNT, FULL, ITEMS, openWorld } from './full-master.ts'

const QUESTION =
  'us-east-1:Copy does not exist. Make it in region us-east-1 of account 111122223333, at ENDPOINT, as arn:aws:dynamodb:us-east-1:111122223333:table/Copy, and copy about 3 items of the master? [y/N]'

/** As one line, however wide the terminal is. */
const flat = (told: string) => stripVTControlCharacters(told).replaceAll(/\s+/g, ' ')

t.test('yes makes the table', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  const { told, code } = await answered(args, { answer: 'y', env: { ...testEnv(), ...env } })
  t.equal(code, 0, told)
  t.match(flat(told), QUESTION.replace('ENDPOINT', service.endpoint))
  t.equal(service.items('Copy').length, 3)
})

for (const answer of ['n', '', 'Copy please']) {
  t.test(`"${answer}" makes none, and ends with 4`, async (t) => {
    const { service, args, env } = await openWorld(t)
    service.table('Orders', FULL, {}, ITEMS)
    const typed = { answer, env: { ...testEnv(), ...env } }
    const { told, code } = await answered(args, typed)
    t.equal(code, 4, told)
    t.match(
      flat(told),
      'Stopped: the making of us-east-1:Copy was not confirmed. To continue without a question: --yes --expect-account 111122223333',
    )
    t.same(service.made('CreateTable'), [])
  })
}

t.test('an account is checked, and does not replace the answer', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  const typed = { answer: 'n', env: { ...testEnv(), ...env } }
  const right = await answered([...args, '--expect-account', ACCOUNT], typed)
  t.equal(right.code, 4, right.told)
  const wrong = await answered([...args, '--expect-account', '999988887777'], typed)
  t.equal(wrong.code, 2, wrong.told)
  t.notMatch(wrong.told, '[y/N]')
  t.same(service.made('CreateTable'), [])
})

t.test('--yes alone is no consent on a terminal either', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  const { told, code } = await answered([...args, '--yes'], { env: { ...testEnv(), ...env } })
  t.equal(code, 2, told)
  t.match(flat(told), 'to come with `--expect-account` where nobody is asked')
  t.same(service.made('CreateTable'), [])
})
