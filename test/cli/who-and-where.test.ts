/**
 * Whose keys sign requests and which host gets them, or why a run is refused: for every kind of
 * profile, named by an option or by the environment, on a machine with and without a role.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { EMULATOR_HOST, SECRETS, writeProfiles } from '../support/command/aws-profiles.ts'
import { startAwsWorld } from '../support/command/aws-world.ts'
import { LIBRARY } from '../support/command/run-cli.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

t.jobs = 2

const engine = await startDynalite()
t.teardown(() => engine.stop())
const folder = await writeProfiles(t)

interface Row {
  readonly profile: string
  /** Who signs, and the host of a region. */
  readonly signs?: { readonly by: string; readonly host?: (region: string) => string }
  readonly refused?: RegExp
}

const of = (host: string) => () => host
/** The account of a role is known, and has an endpoint of its own. */
const ofAccount = (at: string) => `111122223333.ddb.${at}.amazonaws.com`
const ROWS: readonly Row[] = [
  { profile: 'right', signs: { by: 'RIGHT' } },
  { profile: 'process', signs: { by: 'PROCESS' } },
  { profile: 'role', signs: { by: 'ROLE-reader', host: ofAccount } },
  { profile: 'web', signs: { by: 'WEB-reader', host: ofAccount } },
  { profile: 'sso', signs: { by: 'SSO' } },
  { profile: 'with-endpoint', signs: { by: 'RIGHT', host: of(EMULATOR_HOST) } },
  { profile: 'with-services', signs: { by: 'RIGHT', host: of(EMULATOR_HOST) } },
  { profile: 'fips', signs: { by: 'RIGHT', host: (at) => `dynamodb-fips.${at}.amazonaws.com` } },
  { profile: 'dual-stack', signs: { by: 'RIGHT', host: (at) => `dynamodb.${at}.api.aws` } },
  { profile: 'prdo', refused: /prdo.*(config|credentials)/s },
  { profile: 'empty', refused: /empty.*(config|credentials)/s },
  { profile: 'silent', refused: /silent.*says nothing of credentials/s },
  { profile: 'half', refused: /half.*aws_secret_access_key/s },
  { profile: 'failing', refused: /failing.*ended with 7.*it is locked/s },
  { profile: 'garbage', refused: /garbage.*JSON/s },
  { profile: 'expired', refused: /expired.*2020-01-01/s },
  { profile: 'source-missing', refused: /source-missing.*gone/s },
  { profile: 'source-unnamed', refused: /source-unnamed.*source_profile/s },
  { profile: 'source-round', refused: /source-round.*back.*source-round/s },
  { profile: 'source-failing', refused: /source-failing.*failing.*ended with 7/s },
  { profile: 'web-missing', refused: /web-missing.*ENOENT/s },
  { profile: 'sso-expired', refused: /sso-expired.*expired.*aws sso login/s },
  { profile: 'sso-session-missing', refused: /sso-session-missing.*gone/s },
  { profile: 'services-missing', refused: /services section gone .*services-missing/s },
]

/** Runs one profile after the other, and prints the outcome of each. */
const PROGRAM = `import { runSync } from ${JSON.stringify(LIBRARY)}
const { by, tables } = JSON.parse(process.argv[2])
const results = {}
for (const [profile, { master, replica }] of Object.entries(tables)) {
  if (by === 'environment') process.env.AWS_PROFILE = profile
  const options = by === 'environment' ? {} : { profile: 'right', replicaProfile: profile }
  results[profile] = await runSync({ ...options, master, replicas: [replica], workers: 1 }).then(
    ({ outcome }) => ({ outcome }),
    ({ code, message, hint }) => ({ outcome: code, message: message + hint }),
  )
}
console.log(JSON.stringify(results))
`
const program = join(folder, 'program.mjs')
await writeFile(program, PROGRAM)

/** Each profile has its own tables, so that requests can be told apart. */
const tables: Record<string, { master: string; replica: string }> = Object.fromEntries(
  await Promise.all(
    ROWS.map(async ({ profile }) => {
      const [master, replica] = await Promise.all([
        makeTable(engine.endpoint),
        makeTable(engine.endpoint),
      ])
      return [profile, { master: `us-east-1:${master.name}`, replica: `us-west-2:${replica.name}` }]
    }),
  ),
)

for (const hasRole of [true, false]) {
  for (const by of ['option', 'environment']) {
    const machine = hasRole ? 'a machine with a role of its own' : 'a machine without a role'
    t.test(`profiles named by ${by}, on ${machine}`, oneOfMany(), async (t) => {
      const world = await startAwsWorld(t, { engine: engine.endpoint, hasRole })
      const child = spawn(process.execPath, [program, JSON.stringify({ by, tables })], {
        env: {
          PATH: process.env['PATH'],
          ...world.env,
          HOME: folder,
          AWS_CONFIG_FILE: join(folder, 'config'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      t.teardown(() => child.kill('SIGKILL'))
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ])
      t.notMatch(stdout + stderr, SECRETS, 'no secret is printed')
      const results = JSON.parse(stdout)
      for (const { profile, signs, refused } of ROWS) {
        const [master = '', replica = ''] = Object.values(tables[profile] ?? {}).map(
          (label) => label.split(':')[1],
        )
        const { outcome, message } = results[profile]
        if (signs === undefined) {
          t.match(outcome, /^(CREDENTIALS|USAGE)$/, profile)
          t.match(message, refused as RegExp)
          t.same(world.reached(replica), [])
        } else {
          const { host = (region: string) => `dynamodb.${region}.amazonaws.com` } = signs
          t.equal(outcome, 'in-sync', profile)
          t.same(world.reached(replica), [`${signs.by} at ${host('us-west-2')}`])
          const masters =
            by === 'environment'
              ? [signs.by, host('us-east-1')]
              : ['RIGHT', 'dynamodb.us-east-1.amazonaws.com']
          t.same(world.reached(master), [masters.join(' at ')])
        }
      }
      t.notOk(
        world.signed.some(({ by }) => by === 'MACHINE'),
        'the machine signs nothing',
      )
    })
  }
}
