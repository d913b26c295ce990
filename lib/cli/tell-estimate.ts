/** Prints what a run would take. */
import type { Config } from '../config/config-file.ts'
import type { ConfiguredCommandLine } from '../config/configured-command-line.ts'
import { usageError } from '../errors.ts'
import { forProgram } from '../options/command-line.ts'
import { printable } from '../report/printable.ts'
import type { CommandContext } from './command-context.ts'

export async function tellEstimate(
  { options, talk, spelling }: ConfiguredCommandLine,
  config: Config | undefined,
  { output, callerWith }: CommandContext,
): Promise<number> {
  if (config?.pairs !== undefined) {
    throw usageError(
      'Expected `--estimate` without pairs, got both',
      'Estimate one pair at a time: name its tables by --master and --replica.',
    )
  }
  const { estimate } = await import('../commands/estimate.ts')
  const { estimateLines } = await import('../report/lines/estimate-lines.ts')
  const { estimateFrom: report, prices } = talk
  const estimated = await estimate(forProgram(options), callerWith(spelling), { report, prices })
  if (talk.json) return output.printDocument({ version: 1, ...estimated }, 0)
  return output.print(estimateLines(estimated).map(printable).join('\n'), 0)
}
