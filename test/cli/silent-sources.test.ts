/** Credential sources that do not answer: nothing waits for ever, and nothing is left behind. */

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { startAwsWorld } from '../support/command/aws-world.ts'
import { startRecorder } from '../support/command/recorder.ts'
import { LIBRARY, runCli, tempFolder } from '../support/command/run-cli.ts'
import { makeScene } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
/** How long a silent process runs. Whoever waits for it that long finds the file `done`. */
const LONG = 60_000

/**
 * Files: `asked` after the first call, `pid` of the silent process, `done` if it ends by itself.
 */
const PROCESS = `import { existsSync, writeFileSync } from 'node:fs'
const [folder, answers] = process.argv.slice(2)
const at = (name) => new URL(name, 'file://' + folder + '/')
if (answers === 'never' || existsSync(at('asked'))) {
  writeFileSync(at('pid'), String(process.pid))
  await new Promise((resolve) => setTimeout(resolve, ${LONG}))
  writeFileSync(at('done'), '')
}
writeFileSync(at('asked'), '')
const Expiration = new Date(Date.now() + 600_000)
const keys = { AccessKeyId: 'PROCESS', SecretAccessKey: 'process-secret' }
console.log(JSON.stringify({ Version: 1, ...keys, Expiration }))
`

/** A profile whose process answers once, or never. */
async function processProfile(t: Test, answers: 'once' | 'never'): Promise<string> {
  const folder = await tempFolder(t)
  const script = join(folder, 'process.mjs')
  await writeFile(script, PROCESS)
  // The shell does not exec the script: the process that has to end is a child of the shell.
  const command = `${process.execPath} ${script} ${folder} ${answers}; exit $?`
  await writeFile(join(folder, 'config'), `[profile slow]\ncredential_process = ${command}\n`)
  return folder
}

const untilThere = async (file: string) => {
  while (!existsSync(file)) await sleep(20)
}

async function isOver(t: Test, folder: string) {
  t.notOk(existsSync(join(folder, 'done')), 'nobody waited for the process')
  const pid = await readFile(join(folder, 'pid'), 'utf8')
  // It may be a zombie that its parent has not reaped yet.
  const isAlive = async () => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') X')
    return !/\) [ZX]/.test(stat)
  }
  for (let tries = 0; tries < 500 && (await isAlive()); tries++) await sleep(20)
  t.notOk(await isAlive(), 'the process is gone')
}

t.test('the command ends while credentials are being renewed', async (t) => {
  const folder = await processProfile(t, 'once')
  const late = join(folder, 'late')
  const clock = join(folder, 'clock.mjs')
  // Once the file exists, it is late enough to renew credentials that are still valid.
  await writeFile(
    clock,
    `import { existsSync } from 'node:fs'
const { now } = Date
Date.now = () => now() + (existsSync(${JSON.stringify(late)}) ? 500_000 : 0)
`,
  )
  const { master, replica } = await makeScene(engine.endpoint)
  const recorder = await startRecorder(t, engine.endpoint, async ({ operation, body }) => {
    if (operation === 'Scan' && body['TotalSegments'] !== 100_000) await writeFile(late, '')
    if (operation === 'BatchGetItem' && existsSync(late)) await untilThere(join(folder, 'pid'))
    return undefined
  })
  const tables = ['-m', master.label, '-r', replica.label, '--endpoint', recorder.endpoint]
  const result = await runCli([...tables, '--workers', '1', '--profile', 'slow'], {
    AWS_CONFIG_FILE: join(folder, 'config'),
    NODE_OPTIONS: `--import ${pathToFileURL(clock).href}`,
  })
  t.equal(result.code, 1)
  t.comment(result.stderr)
  t.match(result.stderr, /Different: /)
  await isOver(t, folder)
})

/** A program that calls `runSync`, and ends when nothing is left to do. */
const PROGRAM = `import { runSync } from ${JSON.stringify(LIBRARY)}
const [options] = process.argv.slice(2)
try {
  await runSync(JSON.parse(options))
} catch ({ code, message }) {
  console.log(code, message)
}
`

for (const { what, silentOn, profile, said } of [
  { what: 'a credential_process', profile: 'slow', said: /profile slow: no answer in 1 s/ },
  { what: 'STS', silentOn: 'AssumeRole', profile: 'role', said: /profile role/ },
  { what: 'SSO', silentOn: 'GetRoleCredentials', profile: 'sso', said: /profile sso/ },
  { what: 'the endpoint of a container', silentOn: '/container', said: /role of this container/ },
]) {
  t.test(
    `runSync gives up on ${what} that does not answer, and leaves nothing open`,
    oneOfMany(),
    async (t) => {
      const folder = await processProfile(t, 'never')
      const startUrl = 'https://alive.awsapps.com/start'
      const cache = join(folder, '.aws', 'sso', 'cache')
      await mkdir(cache, { recursive: true })
      await writeFile(
        join(cache, `${createHash('sha1').update(startUrl).digest('hex')}.json`),
        JSON.stringify({ startUrl, accessToken: 'token', expiresAt: '2099-01-01T00:00:00Z' }),
      )
      await writeFile(
        join(folder, 'config'),
        `${await readFile(join(folder, 'config'), 'utf8')}
[profile keys]
aws_access_key_id = KEYS
aws_secret_access_key = secret
[profile role]
role_arn = arn:aws:iam::111122223333:role/reader
source_profile = keys
[profile sso]
sso_start_url = ${startUrl}
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = reader
`,
      )
      const world = await startAwsWorld(t, {
        engine: engine.endpoint,
        hasRole: true,
        ...(silentOn !== undefined && { silentOn }),
      })
      const { name } = await makeTable(engine.endpoint)
      const options = {
        master: `us-east-1:${name}`,
        replicas: [`us-west-2:${name}`],
        ...(profile !== undefined && { profile }),
        timeouts: { silence: 2000 },
      }
      const program = join(folder, 'program.mjs')
      await writeFile(program, PROGRAM)
      const child = spawn(process.execPath, [program, JSON.stringify(options)], {
        env: {
          PATH: process.env['PATH'],
          ...world.env,
          HOME: folder,
          AWS_CONFIG_FILE: join(folder, 'config'),
          AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/container',
        },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      t.teardown(() => child.kill('SIGKILL'))
      const [told] = await Promise.all([text(child.stdout), once(child, 'exit')])
      t.match(told, /^CREDENTIALS/)
      t.match(told, said)
      if (profile === 'slow') await isOver(t, folder)
    },
  )
}
