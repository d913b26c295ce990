/** Only own properties count as options, not what is on Object.prototype. */

import { applySync, type RunOptions, runSync, undoSync } from 'tablesync'
import { OPTIONS } from '../../lib/options/groups/all-options.ts'
import { asProperty } from '../../lib/options/option.ts'
import { resolveOptions } from '../../lib/options/resolve.ts'
import { t } from '../support/tap.ts'

const given = (): RunOptions => ({
  master: { table: 'us-east-1:aaa' },
  replicas: ['us-east-1:bbb', { table: 'us-east-1:ccc', endpoint: 'http://127.0.0.1:1' }],
  timeouts: { connect: 1000 },
})

/** Calls `work` while Object.prototype has an extra property. */
function whilePolluted<T>(name: string, value: unknown, work: () => T): T {
  const everything = Object.prototype as Record<string, unknown>
  everything[name] = value
  try {
    return work()
  } finally {
    delete everything[name]
  }
}

const OF_TABLES = {
  credentials: () => {},
  profile: 'p',
  roleArn: 'r',
  mfaSerial: 's',
  mfaToken: '1',
}
const OTHERS = {
  confirm: () => true,
  silence: 1,
  stall: 1,
  hooks: 1,
  endpoint: 'http://x',
  ...OF_TABLES,
}

t.test('resolveOptions takes nothing from Object.prototype', async (t) => {
  const clean = JSON.stringify(resolveOptions(given(), asProperty))
  const values = {
    switch: true,
    texts: ['x'],
    text: 'x',
    url: 'http://x',
    duration: '1s',
    amount: 1,
    key: '{}',
    choice: 'march',
    whole: 1,
    number: 1,
  }
  const options = Object.entries(OPTIONS)
    .filter(([name]) => name !== 'master' && name !== 'replicas')
    .map(([name, { kind }]): [string, unknown] => [name, values[kind]])
  for (const [name, value] of [...options, ...Object.entries(OTHERS)]) {
    const settings = whilePolluted(name, value, () => resolveOptions(given(), asProperty))
    t.equal(JSON.stringify(settings), clean, name)
  }
})

t.test('a write flag on Object.prototype writes nothing', async (t) => {
  const settings = whilePolluted('writeMissing', true, () => resolveOptions(given(), asProperty))
  t.same(settings.write, { missing: false, differing: false, extra: false })
  t.equal(settings.dryRun, true)
})

for (const [name, call] of Object.entries({ runSync, applySync, undoSync })) {
  t.test(`${name} refuses arguments that are no options object`, async (t) => {
    const wanted = call as (options?: unknown) => Promise<unknown>
    for (const options of [undefined, null, 'us-east-1:aaa', 7, [], () => {}]) {
      const refusal = { code: 'USAGE', message: /^Expected an object with options, got / }
      await t.rejects(wanted(options), refusal, String(options))
    }
    await t.rejects(wanted(), { message: 'Expected an object with options, got nothing' })
    // Inherited properties would be ignored: `dryRun` among them.
    await t.rejects(wanted(Object.create({ dryRun: true })), {
      code: 'USAGE',
      hint: /pass \{ \.\.\.options \}/,
    })
    await t.rejects(wanted(new (class Options {})()), {
      code: 'USAGE',
      hint: /pass \{ \.\.\.options \}/,
    })
  })
}

t.test('an options object may have no prototype', async (t) => {
  const bare = Object.assign(Object.create(null), given())
  t.equal(resolveOptions(bare, asProperty).master.ref.name, 'aaa')
})
