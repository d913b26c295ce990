/** The pinned block on a real terminal of any width, resized while the run goes on. */

import { runCli } from '../support/command/run-cli.ts'
import { argsOf, item, makeScene } from '../support/command/scene.ts'
import { ENDED, openTmux, TMUX_VERSION } from '../support/command/tmux.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'

const skip = TMUX_VERSION === undefined ? 'tmux is not installed' : false
const engine = await startDynalite()
t.teardown(() => engine.stop())
const IDS = Array.from({ length: 60 }, (_, at) => `key-${String(at).padStart(3, '0')}`)

/** Tables of which every item differs, and flags that compare them slowly. */
async function slowScene({ replicas = 1, unitsPerSecond = 25 } = {}) {
  const master = await makeTable(engine.endpoint)
  await master.put(IDS.map((id) => item(id, 'red')))
  const others = await Promise.all(
    Array.from({ length: replicas }, async () => {
      const table = await makeTable(engine.endpoint)
      await table.put(IDS.map((id) => item(id, 'blue')))
      return table
    }),
  )
  const [first, ...more] = others
  const pace = [
    '--scan-limit',
    '2',
    '--segments',
    '1',
    '--read-capacity',
    String(unitsPerSecond),
    '--quiesced',
  ]
  const args = argsOf(master, first as NonNullable<typeof first>)
  return [...args, ...more.flatMap(({ label }) => ['--replica', label]), ...pace]
}

/** Every difference has one line, and nothing of the block is left among them. */
function isWhole(t: Test, lines: readonly string[]): void {
  const begin = lines.findLastIndex((line) => line.startsWith('master '))
  const end = lines.findLastIndex((line) => line.startsWith(ENDED))
  const told = lines.slice(begin, end)
  const found = told.filter((line) => line.startsWith('~ differing'))
  t.same(
    found.map((line) => /"id":"([^"]*)"/.exec(line)?.[1]).sort(),
    IDS,
    'every difference has its line',
  )
  const isKnown = (line: string) =>
    /^(master |replica |compared up to |key |run |plan |pace |rules |warning |segment |places |~ differing|scanned |us-east-1:|Differences remain| {8}|Different)/.test(
      line,
    )
  t.same(
    told.filter((line) => line !== '' && !isKnown(line)),
    [],
    'nothing of the block is left',
  )
}

for (const [columns, sizes] of [
  [40, []],
  [80, []],
  [200, []],
  [
    200,
    [
      [80, 24],
      [40, 24],
      [120, 30],
      [200, 50],
    ],
  ],
  [
    40,
    [
      [200, 50],
      [60, 20],
      [100, 24],
    ],
  ],
] as const) {
  t.test(
    `a run on ${columns} columns${sizes.map(([wide]) => `, then ${wide}`).join('')} leaves only its lines`,
    { skip },
    async (t) => {
      const terminal = await openTmux(t, {
        args: [...(await slowScene()), '--verbose'],
        columns,
        rows: 24,
      })
      await terminal.shows(/found|missing 0/)
      for (const [wide, high] of sizes) {
        const before = (await terminal.lines()).filter((line) => line.startsWith('~')).length
        await terminal.resize(wide, high)
        // The run goes on: more lines come above the block.
        while (!(await terminal.lines()).some((line) => line.startsWith(ENDED))) {
          const now = (await terminal.lines()).filter((line) => line.startsWith('~')).length
          if (now > before + 4) break
        }
      }
      await terminal.shows(ENDED)
      isWhole(t, await terminal.lines())
    },
  )
}

t.test(
  'the block says how far a run is, on as many lines as the width needs',
  { skip },
  async (t) => {
    for (const [columns, expected] of [
      [40, [/\d+%/, /missing 0 {3}differing \d+/, /\d+\/1 segments/]],
      [
        120,
        [
          /us-east-1:\S+ → us-east-1:\S+ {3}\d+% [█░]+ {3}\d\/1 segments/,
          /^ {2}found {5}missing 0 {3}differing \d+ {3}extra 0/m,
          /^ {2}items {5}\d+ items/m,
          /^ {2}units {5}read .* of 25 /m,
        ],
      ],
    ] as const) {
      const terminal = await openTmux(t, { args: await slowScene(), columns, rows: 24 })
      for (const part of expected) await terminal.shows(part)
      const widest = Math.max(...(await terminal.screen()).map((row) => row.length))
      t.ok(widest <= columns)
      await terminal.shows(ENDED)
      t.notOk(
        (await terminal.lines()).some((line) => /segments {3}|░/.test(line)),
        'it is gone at the end',
      )
    }
  },
)

t.test('the block says for how much longer a run waits for keys', { skip }, async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const waiting = /waiting (?: {2}|for )13 keys for another (\d+) s/
  // Narrow terminals show the figures too.
  for (const columns of [120, 40]) {
    const terminal = await openTmux(t, {
      args: [...args, '--min-mismatch-age', '600'],
      ...{ columns, rows: 24 },
    })
    const secondsLeft = async () => {
      for (;;) {
        // The screen may be caught while the block is written anew.
        const found = waiting.exec((await terminal.screen()).join('\n'))
        if (found !== null) return Number(found[1])
        await new Promise((look) => setTimeout(look, 50))
      }
    }
    const first = await secondsLeft()
    while ((await secondsLeft()) >= first) await new Promise((look) => setTimeout(look, 50))
    await terminal.keys('C-c')
    await terminal.shows(`${ENDED} 130`)
    await terminal.shows(/^waited {2}.* for 13 keys/m)
    t.pass(`${columns} columns`)
  }
})

t.test('three replicas have a line each', { skip }, async (t) => {
  const args = await slowScene({ replicas: 3 })
  const terminal = await openTmux(t, { args, columns: 120, rows: 24 })
  const lineOfEach = /(^ {2}found {5}us-east-1:\S+ {3}missing 0 .*\n){3}/m
  await terminal.shows(lineOfEach)
  t.pass('each has a line')
  await terminal.keys('C-c')
  await terminal.shows(`${ENDED} 130`)
})

t.test('Ctrl-C and kill -9 leave whole lines', { skip }, async (t) => {
  for (const how of ['C-c', 'kill'] as const) {
    // It must not come to its end before it is ended.
    const args = [...(await slowScene({ unitsPerSecond: 2 })), '--verbose']
    const terminal = await openTmux(t, { args, columns: 100, rows: 24 })
    await terminal.shows('~ differing')
    await terminal.shows(/ {2}found/)
    if (how === 'C-c') await terminal.keys('C-c')
    else process.kill(await terminal.pid(), 'SIGKILL')
    await terminal.shows(ENDED)
    const lines = await terminal.lines()
    const cut = lines.filter(
      (line) =>
        line.startsWith('~') && !/^~ differing {2}\{"id":"key-\d{3}"\} {3}colour$/.test(line),
    )
    t.same(cut, [])
    // After kill -9 the block stays, and the shell writes over it: nobody was left to remove it.
    const ended = lines.findIndex((line) => line.startsWith(ENDED))
    t.ok(lines[ended]?.startsWith(`${ENDED} ${how === 'C-c' ? 130 : 137}`), lines[ended] ?? '')
    const below = lines.slice(ended + 1).filter((line) => line !== '')
    if (how === 'C-c') t.same(below, [])
  }
})

t.test(
  'NO_COLOR, dumb terminals and pipes get plain lines',
  { skip: skip || skipLong },
  async (t) => {
    const args = await slowScene()
    for (const [what, options] of [
      ['NO_COLOR', { env: { NO_COLOR: '1' } }],
      ['dumb', { shell: (line: string) => line.replace('TERM=tmux-256color', 'TERM=dumb') }],
      ['--progress none', { args: [...args, '--progress', 'none'] }],
      ['a pipe on stderr', { shell: (line: string) => `${line} 2>&1 >/dev/tty | cat` }],
    ] as const) {
      const terminal = await openTmux(t, { args, columns: 100, rows: 24, ...options })
      await terminal.shows('plan ')
      await terminal.shows(/Differen|ENDED/)
      const lines = await terminal.lines()
      t.notOk(
        lines.some((line) => /░|^ {2}found/.test(line)),
        what,
      )
    }
    const { stderr, stdout } = await runCli([...args, '--verbose'])
    t.equal(stdout, '')
    t.notOk(stderr.includes('\u001b'), 'no escape codes in a pipe')
  },
)
