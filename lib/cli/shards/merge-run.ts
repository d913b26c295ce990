/** Merges what shards have found, and tells it as one run would. */
import { configured } from '../../config/configured-command-line.ts'
import { readPrices } from '../../files/prices-file.ts'
import type { RunEvent } from '../../model/events/events.ts'
import { exitCodeOf } from '../../model/results/summary.ts'
import type { CommandLine } from '../../options/argv.ts'
import { namedFiles } from '../../options/named-files.ts'
import { costOf } from '../../report/lines/bill-lines.ts'
import { mergedLines } from '../../report/lines/shard-lines.ts'
import { verdictLines } from '../../report/lines/summary-lines.ts'
import type { CommandContext } from '../command-context.ts'

export async function mergeRunOfShards(
  line: CommandLine,
  { log, output, callerWith }: CommandContext,
): Promise<number> {
  const { options, talk } = line
  const { spelling } = configured(line)
  const { mergeShards } = await import('../../commands/shards/merge-shards.ts')
  const prices =
    talk.prices === undefined
      ? undefined
      : await readPrices(talk.prices, namedFiles(options, spelling))
  let plan: (RunEvent & { type: 'plan' }) | undefined
  let planned: (RunEvent & { type: 'plan-written' }) | undefined
  const onEvent = (event: RunEvent) => {
    if (event.type === 'plan') plan = event
    if (event.type === 'plan-written') planned = event
  }
  const caller = { ...callerWith(spelling), print: output.write }
  const summary = await mergeShards(options, caller, { onEvent })
  if (!talk.quiet) {
    const { screen } = log()
    const { report, journal } = options
    const lines = verdictLines(summary, plan, {
      ...{ planned, report, prices },
      repairBy: 'plan a run of shards with ',
    })
    for (const one of [
      ...lines,
      ...mergedLines(summary, { journal, plan: options.plan, isDryRun: plan?.writes.length === 0 }),
    ])
      screen.say(one)
  }
  const code = exitCodeOf(summary.outcome)
  const cost = prices === undefined ? {} : { cost: costOf(summary, prices) }
  return talk.json ? await output.printDocument({ ...summary, ...cost }, code) : code
}
