/** Compares the pairs that a file names. */
import type { Config } from '../config/config-file.ts'
import type { ConfiguredCommandLine } from '../config/configured-command-line.ts'
import type { CommandLine } from '../options/argv.ts'
import { refuseUnconsented } from '../options/groups/create-options.ts'
import type { HumanOptions } from '../report/human.ts'
import { carryOutMany } from './carry-out-many.ts'
import type { CommandContext } from './command-context.ts'
import { consentOf } from './person.ts'

export interface PairsToCompare {
  readonly line: ConfiguredCommandLine
  /** Without what the file adds. */
  readonly typed: CommandLine
  readonly config: Config
}

export async function comparePairs(
  { line, typed, config }: PairsToCompare,
  telling: Omit<HumanOptions, 'screen'>,
  context: CommandContext,
): Promise<number> {
  const { options: shared, pairs: named = [], limits, nameOf } = config
  const { pairs } = await import('../commands/many/pairs.ts')
  const options = {
    ...shared,
    pairs: named,
    ...(line.talk.pairsAtOnce !== undefined && { pairsAtOnce: line.talk.pairsAtOnce }),
    ...(limits !== undefined && { limits }),
  }
  const over = typed.options as unknown as Readonly<Record<string, unknown>>
  for (const pair of named) {
    refuseUnconsented({ ...shared, ...pair, ...over }, consentOf(line), line.spelling)
  }
  const { config: file, logFile } = line.talk
  const otherFiles = { [line.spelling('config')]: file, [line.spelling('logFile')]: logFile }
  return carryOutMany(line, telling, context, (listeners, caller) =>
    pairs({ ...listeners, options, over, nameOf, otherFiles }, caller),
  )
}
