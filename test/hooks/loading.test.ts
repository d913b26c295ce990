/** Modules of hooks that do not load as they should: refused within seconds, by name. */

import { runCli } from '../support/command/run-cli.ts'
import { argsOf, inOrder, makeScene, REPLICA_ITEMS } from '../support/command/scene.ts'
import { hooksModule } from '../support/hooks-module.ts'
import { ALL_WRITES, openScene, REPLICA_ITEMS as SCENE_ITEMS } from '../support/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const RULES = 'export const onMissing = () => {}'

for (const [what, text, told] of [
  ['exits while it is loaded', `process.exit(); ${RULES}`, /ended its own thread/],
  [
    'exits a while after',
    `await new Promise((resolve) => setTimeout(resolve, 50)); process.exit(); ${RULES}`,
    /ended its own thread/,
  ],
  ['waits for ever', `await new Promise(() => {}); ${RULES}`, /its top-level await never settles/],
  [
    'exits in worker threads only',
    `import { isMainThread } from 'node:worker_threads'; if (!isMainThread) process.exit(); ${RULES}`,
    /ended its own thread/,
  ],
  [
    'throws late',
    `setTimeout(() => { throw new Error('a late fault') }); await new Promise((resolve) => setTimeout(resolve, 10_000)); ${RULES}`,
    /a late fault/,
  ],
] as const) {
  t.test(
    `tablesync refuses hooks of a module that ${what}, and does nothing`,
    oneOfMany(),
    async (t) => {
      const engine = await startDynalite()
      t.teardown(() => engine.stop())
      const { master, replica } = await makeScene(engine.endpoint)
      const hooks = await hooksModule(t, () => text)
      const { code, stdout, stderr } = await runCli([
        ...argsOf(master, replica),
        ...['--write-missing', '--hooks', hooks],
      ])
      t.equal(code, 2, stderr)
      t.equal(stdout, '')
      t.match(stderr, told)
      t.ok(stderr.includes(hooks), 'the module is named')
      t.same(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))
    },
  )
}

t.test('what a module prints while it loads goes to stderr', async (t) => {
  const engine = await startDynalite()
  t.teardown(() => engine.stop())
  const { master, replica } = await makeScene(engine.endpoint)
  const hooks = await hooksModule(
    t,
    () => `console.log('by console'); process.stdout.write('by stdout\\n'); ${RULES}`,
  )
  const { stdout, stderr } = await runCli([...argsOf(master, replica), '--json', '--hooks', hooks])
  t.doesNotThrow(() => JSON.parse(stdout), stdout)
  t.match(stderr, 'by console')
  t.match(stderr, 'by stdout')
})

for (const [what, text] of [
  [
    'waits for ever, with a timer running',
    'setInterval(() => {}, 1000); await new Promise(() => {})',
  ],
  ['never returns', 'for (;;) {}'],
] as const) {
  t.test(`runSync refuses hooks of a module that ${what}`, oneOfMany(), async (t) => {
    const { master, run } = await openScene(t)
    const hooks = await hooksModule(t, () => `${text}; ${RULES}`)
    await t.rejects(run({ hooks, timeouts: { hooks: 500 } }), {
      code: 'USAGE',
      message: /hooks\.mjs did not load within 0\.5 s/,
    })
    t.equal(master.stub.requests.length, 0)
  })
}

t.test('runSync does not wait for a module to load once its signal aborts', async (t) => {
  const { run } = await openScene(t)
  const hooks = await hooksModule(t, () => `for (;;) {}; ${RULES}`)
  const { summary } = await run({ hooks, signal: AbortSignal.timeout(500) })
  t.equal(summary.outcome, 'interrupted')
})

/** Loads once, in the thread that tries it, and misbehaves after that. */
const loadedOnce = (mark: string, then: string) =>
  `import { existsSync, writeFileSync } from 'node:fs'
   if (existsSync(${mark})) { ${then} }
   writeFileSync(${mark}, '')
   ${RULES}`

for (const [what, then] of [
  ['wait for ever', 'await new Promise(() => {})'],
  ['never return', 'for (;;) {}'],
  ['throw', `throw new Error('not twice')`],
  ['exit', 'process.exit()'],
] as const) {
  t.test(
    `a run whose hooks ${what} on their second load ends, and names them`,
    oneOfMany(),
    async (t) => {
      const { replica, run } = await openScene(t)
      const hooks = await hooksModule(t, (mark) => loadedOnce(mark, then))
      const { summary } = await run({ ...ALL_WRITES, hooks, timeouts: { hooks: 2000 } })
      t.equal(summary.outcome, 'incomplete')
      const told = summary.errors.find(({ message }) =>
        message.includes('Worker threads cannot start'),
      )
      t.match(told, { code: 'WORKER_DIED', hint: /hooks\.mjs/ }, JSON.stringify(summary.errors))
      t.equal(replica.table.all().length, SCENE_ITEMS.length)
    },
  )
}
