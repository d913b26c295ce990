/** Carries out one run, and tells of it. */
import type { ConfiguredCommandLine } from '../config/configured-command-line.ts'
import { isThere } from '../files/regular-file.ts'
import { exitCodeOfSummary, hasWorkLeft, type Summary } from '../model/results/summary.ts'
import type { CommandLine } from '../options/argv.ts'
import { forProgram, isEachTold } from '../options/command-line.ts'
import { commandToResume } from '../options/command-to-resume.ts'
import type { HumanOptions } from '../report/human.ts'
import { costOf } from '../report/lines/bill-lines.ts'
import { shellWord } from '../report/shell-word.ts'
import type { CommandContext } from './command-context.ts'
import { followed } from './followed.ts'
import { askAtTerminal, isAsked } from './person.ts'

/** Each is loaded when it is asked for. */
const COMMANDS = {
  sync: async () => (await import('../commands/sync.ts')).sync,
  undo: async () => (await import('../commands/undo.ts')).undo,
  apply: async () => (await import('../commands/apply.ts')).apply,
}

export async function carryOut(
  line: ConfiguredCommandLine,
  command: keyof typeof COMMANDS,
  telling: Omit<HumanOptions, 'screen'>,
  context: CommandContext,
): Promise<number> {
  const { options, talk, spelling } = line
  const { prices } = telling
  const carriedOut = await COMMANDS[command]()
  const { screen, follow } = context.log()
  const human = follow(telling)
  return followed(context, human, talk.quiet === true, async ({ signal, exitCode }) => {
    const summary = await carriedOut(
      {
        ...forProgram(options),
        signal,
        onProgress: human.onEvent,
        ...(isAsked(line) && {
          confirm: (question, ending) => askAtTerminal(question, ending, screen),
        }),
        ...(isEachTold(line) && { onDifference: human.onDifference }),
      },
      { ...context.callerWith(spelling), print: context.output.write },
    )
    human.conclude(summary)
    // A run that was ended at once has not come to save a checkpoint.
    const isSaved = options.checkpoint !== undefined && (await isThere(options.checkpoint))
    if (!talk.quiet && isSaved && hasWorkLeft(summary)) {
      screen.say(`        to resume: ${wordsToResume(summary, line)}`)
    }
    const code = summary.outcome === 'interrupted' ? exitCode() : exitCodeOfSummary(summary)
    const cost = prices === undefined ? {} : { cost: costOf(summary, prices) }
    return talk.json ? await context.output.printDocument({ ...summary, ...cost }, code) : code
  })
}

/** The command that goes on, ready to paste. */
function wordsToResume({ stopped }: Summary, { fromEnvironment }: CommandLine): string {
  const words = commandToResume(process.argv.slice(2), stopped?.safeguard, fromEnvironment)
  return words.map(shellWord).join(' ')
}
