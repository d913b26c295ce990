/** Carries out many runs of one command: of the pairs of a file, or of the files of a folder. */
import type { Caller } from '../commands/caller.ts'
import type { ManyListeners } from '../commands/many/many-runs.ts'
import type { ConfiguredCommandLine } from '../config/configured-command-line.ts'
import { exitCodeOfPairs, type PairsSummary } from '../model/results/pairs-summary.ts'
import { exitCodeOf } from '../model/results/summary.ts'
import { isEachTold } from '../options/command-line.ts'
import type { HumanOptions } from '../report/human.ts'
import { costOfPairs } from '../report/lines/bill-lines.ts'
import type { ManyOf } from '../report/lines/pairs-lines.ts'
import type { CommandContext } from './command-context.ts'
import { followed } from './followed.ts'
import { askAtTerminal, isAsked } from './person.ts'

export async function carryOutMany(
  line: ConfiguredCommandLine,
  telling: Omit<HumanOptions, 'screen'> & { readonly of?: ManyOf },
  context: CommandContext,
  carryOut: (listeners: ManyListeners, caller: Caller) => Promise<PairsSummary>,
): Promise<number> {
  const { talk, spelling } = line
  const { screen, followPairs } = context.log()
  const human = followPairs(telling)
  return followed(context, human, talk.quiet === true, async ({ signal, exitCode }) => {
    const summary = await carryOut(
      {
        signal,
        onProgress: human.onEvent,
        ...(isAsked(line) && {
          confirm: (question, _, ending) => askAtTerminal(question, ending, screen),
        }),
        ...(isEachTold(line) && { onDifference: human.onDifference }),
      },
      context.callerWith(spelling),
    )
    human.conclude(summary)
    const { outcome } = summary
    const code = outcome === 'interrupted' ? exitCode() : exitCodeOfPairs(outcome, exitCodeOf)
    const { prices } = telling
    const cost = prices === undefined ? {} : { cost: costOfPairs(summary.pairs, prices) }
    return talk.json ? await context.output.printDocument({ ...summary, ...cost }, code) : code
  })
}
