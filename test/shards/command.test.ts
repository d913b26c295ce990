/** What the commands of shards say and where, and their exit codes. */
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCli } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'
import { attemptOf, doneShards, plannedShards } from './planned-shards.ts'

t.test(
  'a shard is tried again where its disk does not answer, and not where it is wrong',
  async (t) => {
    const { folder, shared } = await plannedShards(t)
    const silent = join(folder, 'silent.mjs')
    await writeFile(silent, silentDisk('run.json', 'ESTALE'))
    const env = { NODE_OPTIONS: `--import ${silent}` }
    const args = ['shard', shared, '--shard-index', '0']
    const stale = await runCli(args, env)
    t.equal(stale.code, 3, stale.stderr)
    t.match(stale.stderr, /Cannot read .*run\.json: ESTALE/)
    t.match(stale.stderr, /Try again when its disk answers\./)
    t.equal((await runCli(['merge', shared], env)).code, 2)
    await writeFile(silent, silentDisk('run.json', 'EACCES'))
    const denied = await runCli(args, env)
    t.equal(denied.code, 2)
    t.match(denied.stderr, /Run as a user who may read it\./)
  },
)

/** Loaded before the command: reading a file of this name fails. */
const silentDisk = (name: string, code: string) =>
  `import fs from 'node:fs/promises'
   import { syncBuiltinESMExports } from 'node:module'
   const { readFile } = fs
   fs.readFile = async (file, ...more) => {
     if (!String(file).endsWith('${name}')) return readFile(file, ...more)
     throw Object.assign(new Error('${code}: no answer'), { code: '${code}' })
   }
   syncBuiltinESMExports()`

t.test('no link leads an output of a merge into the folder of a shard', async (t) => {
  const { folder, shared } = await doneShards(t)
  const report = join(await attemptOf(shared, 0), 'report.ndjson')
  const before = await readFile(report, 'utf8')
  const [linked, link] = [join(folder, 'linked'), join(folder, 'link')]
  await symlink(shared, linked)
  await symlink(report, link)
  for (const [from, file] of [
    [linked, report],
    [shared, report.replace(shared, linked)],
    [shared, link],
    [linked, join(linked, 'shard-1', 'new')],
  ] as const) {
    const { code, stderr } = await runCli(['merge', from, '--report', file])
    t.equal(code, 2)
    t.match(stderr, /Expected `--report` to lie outside the folders of the shards/)
    t.equal(await readFile(report, 'utf8'), before)
  }
  t.equal((await runCli(['merge', linked])).code, 1)
})

t.test('each command of shards logs to the file that it is given', async (t) => {
  const { folder, shared, ...scene } = await doneShards(t)
  const { endpoint } = scene.master.stub
  const out = (name: string) => join(folder, name)
  for (const [name, args, code, told] of [
    ['merge', ['merge', shared], 1, /^merged {2}2 shards$/m],
    [
      'shard-plan',
      [...['shard-plan', '-m', scene.master.label, '-r', scene.replica.label], '--shards', '2']
        .concat(['--endpoint', endpoint, '--replica-endpoint', scene.replica.stub.endpoint])
        .concat(['--out', out('planned')]),
      0,
      /tablesync merge/,
    ],
    [
      'fingerprint',
      ['fingerprint', scene.master.label, '--endpoint', endpoint, '--out', out('one.json')],
      0,
      /./,
    ],
    ['compare', ['fingerprint', '--compare', out('one.json'), out('one.json')], 0, /^Equal/m],
  ] as const) {
    const log = out(`${name}.log`)
    const done = await runCli([...args, '--log-file', log])
    t.equal(done.code, code, `${name}: ${done.stderr}`)
    t.equal(done.stderr, '', name)
    t.match(await readFile(log, 'utf8'), told, name)
  }
  const same = out('same')
  const refused = await runCli([
    'fingerprint',
    scene.master.label,
    '--out',
    same,
    '--log-file',
    same,
  ])
  t.equal(refused.code, 2)
  t.match(refused.stderr, /to be different files/)
  const both = await runCli(['fingerprint', '--compare', same, same, '--like', same])
  t.match([both.code, both.stderr], [2, /Expected `--like` without `--compare`, got both/])
})
