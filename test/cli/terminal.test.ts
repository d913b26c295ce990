/** What the command shows on a terminal, and what text from outside cannot do to it. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startRecorder } from '../support/command/recorder.ts'
import { runCli, runForSummary, tempFolder } from '../support/command/run-cli.ts'
import { argsOf, COUNTS, item, makeScene } from '../support/command/scene.ts'
import { linesSeen, startOnTerminal } from '../support/command/terminal.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2

/** Clears the screen, rings the bell, forges a line, and reverses the text that follows. */
const HOSTILE = 'no\u001b[2J\u0007\r\nerror   forged\u202e\u009b31m'
const SHOWN = 'no\\u001b[2J\\u0007\\r\\nerror   forged\\u202e\\u009b31m'
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** A replica with a key that hides its name, and a server that refuses in hostile words. */
async function hostileScene(t: Parameters<typeof startRecorder>[0]) {
  const { master, replica } = await makeScene(engine.endpoint)
  const hostile = await makeTable(engine.endpoint)
  await hostile.put([...(await replica.all()), item('in\u202egnp.exe\u009b1m\u0085', 'red')])
  const refusal = { status: 400, type: 'com.amazon#ValidationException', message: HOSTILE }
  const recorder = await startRecorder(t, engine.endpoint, ({ operation }) =>
    operation === 'UpdateItem' || operation === 'PutItem' ? refusal : undefined,
  )
  const flags = ['--write-missing', '--write-differing', '--verbose']
  return [...argsOf(master, hostile), '--replica-endpoint', recorder.endpoint, ...flags]
}

t.test('stderr and stdout hold no control characters from outside', async (t) => {
  const args = await hostileScene(t)
  const { stderr, stdout, code } = await runCli([...args, '--json'])
  t.equal(code, 3)
  t.notMatch(stderr, UNSAFE)
  t.notMatch(stdout, UNSAFE)
  t.notMatch(stderr, /^error {3}forged/m)
  t.ok(stderr.includes(SHOWN), stderr)
  t.ok(stderr.includes('- extra      {"id":"in\\u202egnp.exe\\u009b1m\\u0085"}'), stderr)
  t.match(JSON.parse(stdout), { outcome: 'incomplete' })
})

t.test('no control characters from outside reach the terminal', async (t) => {
  const args = await hostileScene(t)
  const { raw } = await startOnTerminal({ args }).ended
  for (const text of ['\u001b[2J', '\u0007', '\u202e', '\u009b']) t.notOk(raw.includes(text))
  const lines = await linesSeen(raw)
  t.ok(lines.some((line) => line.includes(SHOWN)))
  t.notOk(lines.some((line) => line.startsWith('error   forged')))
})

t.test('a refusal by the service at the start is shown without control characters', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const recorder = await startRecorder(t, engine.endpoint, () => ({
    status: 400,
    type: 'com.amazon#ValidationException',
    message: HOSTILE,
  }))
  const { code, stderr } = await runCli([...args, '--replica-endpoint', recorder.endpoint])
  t.equal(code, 2)
  t.notMatch(stderr, UNSAFE)
  t.ok(stderr.includes(SHOWN), stderr)
})

t.test('a refused argument is shown without control characters', async (t) => {
  for (const args of [[HOSTILE], [`--${HOSTILE}`], ['--master', HOSTILE]]) {
    const { code, stderr } = await runCli(args)
    t.equal(code, 2)
    t.notMatch(stderr, UNSAFE)
  }
})

for (const columns of [60, 250]) {
  t.test(
    `--verbose on ${columns} columns keeps every line, and every key whole`,
    oneOfMany(),
    async (t) => {
      const [master, replica] = [await makeTable(engine.endpoint), await makeTable(engine.endpoint)]
      const ids = Array.from({ length: 60 }, (_, at) => `${'long-'.repeat(30)}${at}`)
      await master.put(ids.map((id) => item(id, 'red')))
      // A page at a time, so that there is a block before the last differences.
      const pace = ['--scan-limit', '2', '--segments', '1', '--parallel', '1', '--verbose']
      const { raw } = await startOnTerminal({
        args: [...argsOf(master, replica), ...pace],
        columns,
      }).ended
      const lines = await linesSeen(raw, columns)
      const missing = (id: string) => `+ missing    {"id":"${id}"}`
      t.same(
        ids.filter((id) => !lines.some((line) => line === missing(id))),
        [],
      )
      const summary = lines.findIndex((line) => line.startsWith('scanned 60 items'))
      const last = lines.findLastIndex((line) => line.startsWith('+ missing '))
      t.ok(summary > last, 'the summary stands below all of them')
      t.match(lines.slice(-3).join('\n'), 'to repair: --write-missing')
      t.notOk(
        lines.some((line) => line.includes('█') || line.includes('/1 segments')),
        'no block is left behind',
      )
      t.ok(raw.includes(columns < 90 ? '/1 segments' : '░'), 'there was one')
    },
  )
}

t.test('a run ends with its checkpoint saved when its terminal closes', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const folder = await tempFolder(t)
  const [checkpoint, report] = [join(folder, 'checkpoint'), join(folder, 'report.ndjson')]
  const control = join(folder, 'control')
  await writeFile(control, 'pause\n')
  const flags = [...args, '--checkpoint', checkpoint, '--report', report]
  const run = startOnTerminal({ args: [...flags, '--control', control] })
  await run.said('until the control file says resume')
  run.hangUp()
  t.equal((await run.ended).code, 129)
  const { summary, code } = await runForSummary([...flags, '--resume'])
  t.equal(code, 1)
  t.equal(summary.master.scanned, 20)
  t.match(summary.replicas[replica.label], COUNTS)
})

for (const env of [{ TERM: 'dumb' }, { CI: 'true' }]) {
  t.test(`a terminal with ${JSON.stringify(env)} gets plain lines only`, oneOfMany(), async (t) => {
    const { args } = await makeScene(engine.endpoint)
    const pace = ['--scan-limit', '1', '--parallel', '1']
    const { raw } = await startOnTerminal({ args: [...args, ...pace], env }).ended
    const text = raw.replaceAll('\r\n', '\n')
    for (const character of ['\u001b', '\r', '\b', '█', '░']) t.notOk(text.includes(character))
    t.match(text, 'Different: ')
  })
}
