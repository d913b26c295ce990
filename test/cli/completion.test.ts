/** Completion, as bash, zsh and fish carry it out: no shell is imitated. */
import { NAMED_COMMANDS, takes } from '../../lib/options/commands.ts'
import { spellingsOf } from '../../lib/options/flags.ts'
import { ALL_OPTIONS } from '../../lib/options/groups/all-options.ts'
import { COMMANDS, SHELLS, TOPICS } from '../../lib/options/help/asked-page.ts'
import type { Command } from '../../lib/options/option.ts'
import { completing, skipsWithout } from '../support/command/completing.ts'
import { t } from '../support/tap.ts'

const sorted = (words: readonly string[]) => [...words].sort().join(' ')

/** What a command takes that begins with two dashes and these letters. */
const flagsOf = (command: Command, begun = '') =>
  sorted(
    [
      ...Object.values(ALL_OPTIONS)
        .filter((option) => takes(command, option))
        .flatMap(spellingsOf),
      '--help',
      '--version',
    ].filter((name) => name.startsWith(`--${begun}`)),
  )

/** All that may follow. */
const OFFERED: readonly (readonly [line: string, words: string])[] = [
  ['tablesync ', sorted(COMMANDS)],
  ['tablesync a', 'apply'],
  ['tablesync --', flagsOf('sync')],
  ['tablesync --write-m', '--write-missing'],
  ['tablesync -m us-east-1:a --repl', flagsOf('sync', 'repl')],
  ['tablesync apply plan.ndjson --', flagsOf('apply')],
  ['tablesync undo journal.ndjson --', flagsOf('undo')],
  ['tablesync show report.ndjson --', flagsOf('show')],
  ['tablesync apply plan.ndjson --segm', ''],
  ['tablesync --strategy ', 'auto lookup march'],
  ['tablesync --compression g', 'gzip'],
  ['tablesync apply plan.ndjson --kind ', 'differing extra missing'],
  ['tablesync --read-capacity a', 'adaptive'],
  ['tablesync --max-writes ', ''],
  ['tablesync --report rep', 'report.ndjson'],
  ['tablesync undo rep', 'report.ndjson'],
  ['tablesync help ', sorted([...NAMED_COMMANDS, ...TOPICS])],
  ['tablesync help ex', 'exit-codes'],
  ['tablesync completion ', sorted(SHELLS)],
]

for (const shell of ['bash', 'fish'] as const) {
  t.test(
    `${shell} completes commands, flags and values`,
    { skip: skipsWithout(shell) },
    async (t) => {
      const lines = OFFERED.map(([line]) => line)
      const answers = await completing(t, shell, lines)
      for (const [at, [line, words]] of OFFERED.entries()) t.equal(answers[at], words, line)
    },
  )
}

t.test('bash completes a value after an equals sign', { skip: skipsWithout('bash') }, async (t) => {
  t.same(await completing(t, 'bash', ['tablesync --strategy=ma', 'tablesync --strategy=']), [
    'march',
    'auto lookup march',
  ])
})

t.test('fish completes a value after an equals sign', { skip: skipsWithout('fish') }, async (t) => {
  t.same(await completing(t, 'fish', ['tablesync --strategy=ma']), ['--strategy=march'])
})

/** What the line becomes. zsh adds a blank, or the equals sign that a value may follow. */
const BECOMES: readonly (readonly [line: string, becomes: string])[] = [
  ['tablesync ap', 'tablesync apply '],
  ['tablesync --write-m', 'tablesync --write-missing '],
  ['tablesync -m us-east-1:a --check', 'tablesync -m us-east-1:a --checkpoint'],
  ['tablesync apply plan.ndjson --jou', 'tablesync apply plan.ndjson --journal='],
  ['tablesync apply plan.ndjson --segm', 'tablesync apply plan.ndjson --segm'],
  ['tablesync undo journal.ndjson --allow-d', 'tablesync undo journal.ndjson --allow-damaged '],
  ['tablesync show report.ndjson --si', 'tablesync show report.ndjson --since='],
  ['tablesync --strategy ma', 'tablesync --strategy march '],
  ['tablesync --strategy=lo', 'tablesync --strategy=lookup '],
  ['tablesync apply plan.ndjson --kind mi', 'tablesync apply plan.ndjson --kind missing '],
  ['tablesync --report rep', 'tablesync --report report.ndjson '],
  ['tablesync undo rep', 'tablesync undo report.ndjson '],
  ['tablesync help ex', 'tablesync help exit-codes '],
  ['tablesync completion z', 'tablesync completion zsh '],
]

t.test('zsh completes commands, flags and values', { skip: skipsWithout('zsh') }, async (t) => {
  const lines = BECOMES.map(([line]) => line)
  const answers = await completing(t, 'zsh', lines)
  for (const [at, [line, becomes]] of BECOMES.entries()) t.equal(answers[at], becomes, line)
})
