/** The detector of unhandled rejections works in a process, a child process and a thread. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startCli, tempFolder } from '../support/command/run-cli.ts'
import { openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

const PRELOAD = fileURLToPath(new URL('../support/rejections.js', import.meta.url))

const PLANTED = `Promise.reject(new Error('planted'))`

async function watched(t: Test) {
  const folder = await tempFolder(t)
  const log = join(folder, 'rejections.ndjson')
  const env = { NODE_OPTIONS: `--import=${PRELOAD}`, TABLESYNC_TEST_REJECTIONS: log }
  const found = async () => {
    const text = await readFile(log, 'utf8').catch(() => '')
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  }
  const file = async (name: string, source: string) => {
    await writeFile(join(folder, name), source)
    return join(folder, name)
  }
  const verdict = async () => {
    const child = spawn(process.execPath, [PRELOAD], { env: { ...process.env, ...env } })
    return (await once(child, 'close'))[0]
  }
  return { env, found, file, verdict }
}

async function run(script: string, env: object): Promise<void> {
  await once(spawn(process.execPath, [script], { env: { ...process.env, ...env } }), 'close')
}

t.test('a rejection planted in a process is found', async (t) => {
  const { env, found, file, verdict } = await watched(t)
  t.equal(await verdict(), 0)
  await run(await file('plant.mjs', PLANTED), env)
  t.match(await found(), [{ thread: 0, stack: /planted/ }])
  t.equal(await verdict(), 1)
})

t.test('a rejection planted in a child process is found', async (t) => {
  const { env, found, file } = await watched(t)
  const plant = await file('plant.mjs', PLANTED)
  const source = `import { spawn } from 'node:child_process'
    spawn(process.execPath, [${JSON.stringify(plant)}])`
  await run(await file('parent.mjs', source), env)
  t.match(await found(), [{ thread: 0, stack: /planted/ }])
})

t.test('a rejection planted in a thread is found', async (t) => {
  const { env, found, file } = await watched(t)
  const plant = await file('plant.mjs', PLANTED)
  const source = `import { Worker } from 'node:worker_threads'
    new Worker(${JSON.stringify(plant)}).on('error', () => {})`
  await run(await file('parent.mjs', source), env)
  t.match(await found(), [{ thread: 1, stack: /planted/ }])
})

t.test('a rejection planted by a hook in a thread of the command is found', async (t) => {
  const { env, found, file } = await watched(t)
  const { master, replica } = await openScene(t)
  const hook = `export const onExtra = () => { ${PLANTED} }\n`
  const tables = ['-m', master.label, '-r', replica.label, '--workers', '1']
  const at = [
    '--master-endpoint',
    master.stub.endpoint,
    '--replica-endpoint',
    replica.stub.endpoint,
  ]
  await startCli([...tables, ...at, '--hooks', await file('hooks.mjs', hook)], env).ended
  const all = await found()
  t.ok(all.length > 0)
  for (const one of all) {
    t.match(one, { stack: /planted/ })
    t.ok(one.thread > 0)
  }
})
