/**
 * Credentials that expire during a run. Lifetimes are short here; TABLESYNC_TEST_LIFETIMES and
 * TABLESYNC_TEST_LIFETIME_SECONDS set others.
 */

import { type PlainCredentials, runSync } from 'tablesync'
import { LimitedServer } from '../pace/limited-server.ts'
import { type Test, t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'

const LIFETIME = Number(process.env['TABLESYNC_TEST_LIFETIME_SECONDS'] ?? 1) * 1000
const LIFETIMES = casesToPlay(8, 4, 'TABLESYNC_TEST_LIFETIMES')

t.setTimeout(2 * LIFETIME * LIFETIMES + 120_000)

interface Session {
  /** When the service stops accepting the credentials; epoch time. */
  readonly ends: number
}

/** Sessions are accepted for `lives` ms, and say that they expire after `told` ms. */
async function runWith(t: Test, lives: number, told: number) {
  const server = new LimitedServer()
  t.teardown(() => server.close())
  const master = server.table('master', 4000)
  server.table('replica', 4000)
  const sessions = new Map<string, Session>()
  let refused = 0
  let lastUse = 0
  server.admits = (accessKeyId) => {
    const isGood = Date.now() < (sessions.get(accessKeyId)?.ends ?? 0)
    if (isGood) lastUse = Date.now()
    else refused++
    return isGood
  }
  const credentials = async (): Promise<PlainCredentials> => {
    const accessKeyId = `SESSION${sessions.size}`
    const now = Date.now()
    sessions.set(accessKeyId, { ends: now + lives })
    return { accessKeyId, secretAccessKey: 's', expiration: new Date(now + told) }
  }
  const endpoint = await server.endpoint()
  const began = Date.now()
  const summary = await runSync({
    master: { table: 'us-east-1:master', credentials },
    replicas: ['us-east-1:replica'],
    endpoint,
    workers: 3,
    segments: 12,
    parallel: 12,
    readCapacity: 2000,
    strategy: 'march',
    maxDuration: `${(LIFETIME * LIFETIMES) / 1000}s`,
  })
  return { summary, sessions: sessions.size, refused, master, ran: lastUse - began }
}

t.test('runSync renews credentials once in each of their lifetimes', async (t) => {
  const { summary, sessions, master, ran } = await runWith(t, LIFETIME, LIFETIME)
  t.strictSame(summary.errors, [])
  t.ok(master.served.length > LIFETIMES * 10)
  // Renewed a quarter of the lifetime before its end.
  t.ok(sessions <= Math.ceil(ran / (LIFETIME * 0.75)) + 1, `${sessions} sessions in ${ran} ms`)
  t.ok(sessions >= LIFETIMES * 0.75)
})

t.test('runSync replaces credentials that expire earlier than they say', async (t) => {
  const lives = Math.max(LIFETIME, 2500)
  const { summary, sessions, refused, ran } = await runWith(t, lives, 3_600_000)
  t.strictSame(summary.errors, [])
  t.ok(refused > 0)
  t.ok(sessions <= Math.ceil(ran / lives) + 1, `${sessions} sessions in ${ran} ms`)
  t.ok(sessions > 1)
})
