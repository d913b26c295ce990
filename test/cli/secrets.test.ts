/** Plants a secret in every option that can hold one, and looks for it in all output. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OPTIONS } from '../../lib/options/groups/all-options.ts'
import type { Option } from '../../lib/options/option.ts'
import { startRecorder, startSts } from '../support/command/recorder.ts'
import { type CliResult, runCli, tempFolder } from '../support/command/run-cli.ts'
import { makeScene } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2

const PASSWORDS = ['pa55word', "pa55'word", 'pa55 word', 'pa55@word']
const TOKEN = '987654'

const planted = (endpoint: string, password = PASSWORDS[0]) =>
  endpoint.replace('://', `://somebody:${password}@`)

/** All that the command has printed, and all that it has left in the folder. */
function comesOut({ stdout, stderr }: CliResult, folder: string): Map<string, string> {
  const files = readdirSync(folder).map((name) => join(folder, name))
  const texts = files.map((file): [string, string] => [file, readFileSync(file, 'latin1')])
  return new Map([['stdout', stdout], ['stderr', stderr], ...texts])
}

function hasNoSecret(t: Test, result: CliResult, folder: string) {
  for (const [where, text] of comesOut(result, folder)) {
    for (const secret of ['pa55', 'somebody', TOKEN]) {
      t.notOk(text.includes(secret), `${where} has no ${secret}: ${text}`)
    }
  }
}

const options = Object.values(OPTIONS) as Option[]
const ofText = options.filter(({ kind }) => kind === 'text' || kind === 'texts')

for (const [at, option] of ofText.entries()) {
  t.test(`--${option.flag}, refused or not, prints no password`, oneOfMany(), async (t) => {
    const folder = await tempFolder(t)
    const nowhere = 'http://127.0.0.1:1'
    const tables = ['-m', 'us-east-1:aaa', '-r', 'us-east-1:bbb', '--endpoint', nowhere]
    const value = planted(nowhere, PASSWORDS[at % PASSWORDS.length])
    const given = [...tables, '--max-retries', '0', '--json', `--${option.flag}`, value]
    const result = await runCli(given)
    t.not(result.code, 0)
    hasNoSecret(t, result, folder)
  })
}

for (const flag of ['mfa-token', 'replica-mfa-token', 'slave-mfa-token']) {
  t.test(
    `the value of --${flag} is in no refusal, whatever else is wrong`,
    oneOfMany(),
    async (t) => {
      const folder = await tempFolder(t)
      for (const args of [
        [`--${flag}`, TOKEN],
        [`--${flag}=${TOKEN}`],
        [`--${flag}`, TOKEN, `--${flag}`, TOKEN],
        [`--${flag}`, '--json', TOKEN],
        ['--json', TOKEN, `--${flag}`],
        [`--${flag}x`, TOKEN],
        [`--${flag}x=${TOKEN}`],
        ['--ignore', 'a', TOKEN, `--${flag}`, 'x'],
      ]) {
        const result = await runCli(['-m', 'us-east-1:aaa', '-r', 'us-east-1:bbb', ...args])
        t.equal(result.code, 2, args.join(' '))
        hasNoSecret(t, result, folder)
      }
    },
  )
}

/** Arguments of a run that writes every file and stops, so that it prints how to resume. */
async function stoppedRun(t: Test) {
  const { master, replica } = await makeScene(engine.endpoint)
  const folder = await tempFolder(t)
  const sts = await startSts(t)
  const file = (name: string) => join(folder, name)
  const args = ['-m', master.label, '-r', replica.label, '--workers', '1', '--verbose', '--json']
  const files = [
    ...['--report', file('report'), '--undo', file('undo'), '--checkpoint', file('checkpoint')],
    ...['--control', file('control')],
  ]
  const mfa = [
    ...['--role-arn', 'arn:aws:iam::111122223333:role/reader', '--mfa-serial', 'serial'],
    `--mfa-token=${TOKEN}`,
    ...['--replica-role-arn', 'arn:aws:iam::111122223333:role/writer'],
    ...['--replica-mfa-serial', 'serial', '--replica-mfa-token', TOKEN],
  ]
  const stops = ['--write-missing', '--max-writes', '1']
  const env = { AWS_ENDPOINT_URL_STS: sts.endpoint }
  return { args: [...args, ...files, ...mfa, ...stops], folder, env, file }
}

for (const [where, flags] of [
  ['one endpoint', ['--endpoint', planted(engine.endpoint)]],
  [
    'endpoints of their own',
    ['--master-endpoint', planted(engine.endpoint), `--slave-endpoint=${planted(engine.endpoint)}`],
  ],
  [
    'a profile that is an endpoint',
    ['--master-endpoint', engine.endpoint, '--replica-profile', planted(engine.endpoint)],
  ],
] as const) {
  t.test(
    `neither output nor files of a run hold a secret, with ${where}`,
    oneOfMany(),
    async (t) => {
      const { args, folder, env } = await stoppedRun(t)
      const result = await runCli([...args, ...flags], env)
      t.equal(result.code, 4, result.stderr)
      t.match(result.stderr, /to resume: tablesync .*--mfa-token NEW-TOKEN .*--resume/)
      t.match(result.stderr, `${engine.endpoint}`, 'the endpoint is printed, without its user')
      const made = readdirSync(folder)
      for (const name of ['report', 'undo', 'checkpoint']) t.ok(made.includes(name), name)
      hasNoSecret(t, result, folder)
    },
  )
}

t.test('neither output nor files of plan, apply and undo hold a secret', async (t) => {
  const { master, replica } = await makeScene(engine.endpoint)
  const folder = await tempFolder(t)
  const plan = join(folder, 'plan')
  const tables = ['-m', master.label, '-r', replica.label, '--endpoint', planted(engine.endpoint)]
  const wanted = ['--write-missing', '--plan', plan, '--plan-items', '--json']
  hasNoSecret(t, await runCli([...tables, ...wanted]), folder)
  const undo = join(folder, 'undo')
  const applied = await runCli(['apply', plan, '--undo', undo, '--json', '--verbose'])
  t.equal(applied.code, 0, applied.stderr)
  hasNoSecret(t, applied, folder)
  const back = ['undo', undo, '--endpoint', planted(engine.endpoint), '--json', '--verbose']
  const undone = await runCli(back)
  t.equal(undone.code, 0, undone.stderr)
  hasNoSecret(t, undone, folder)
})

t.test('a secret in the error message of a service is not printed', async (t) => {
  const { args, folder, env } = await stoppedRun(t)
  const message = `token ${TOKEN} of http://somebody:pa55word@sts is used up`
  const sts = await startSts(t, { status: 403, type: 'AccessDenied', message })
  const to = ['--endpoint', engine.endpoint]
  const result = await runCli([...args, ...to], { ...env, AWS_ENDPOINT_URL_STS: sts.endpoint })
  t.equal(result.code, 2)
  t.match(result.stderr, /token … of http:\/\/…@sts is used up/)
  hasNoSecret(t, result, folder)

  const recorder = await startRecorder(t, engine.endpoint, ({ operation }) =>
    operation === 'PutItem'
      ? { status: 400, type: 'com.amazon.coral.validate#ValidationException', message }
      : undefined,
  )
  const { master, replica } = await makeScene(engine.endpoint)
  const tables = ['-m', master.label, '-r', replica.label, '--endpoint', recorder.endpoint]
  const report = join(folder, 'other-report')
  const flags = ['--write-missing', '--report', report, '--verbose', '--json']
  const refused = await runCli([...tables, ...flags])
  t.equal(refused.code, 3, refused.stderr)
  t.notMatch(refused.stderr, 'pa55')
  t.notMatch(readFileSync(report, 'utf8'), 'pa55')
})
