/** A command line with what a file of options adds to it. What was typed, or is a variable, wins. */

import { usageError } from '../errors.ts'
import type { CommandLine } from '../options/argv.ts'
import { checkTalk, refuseBothOnStdout } from '../options/argv.ts'
import { spellingWith } from '../options/environment.ts'
import { COMMAND_OPTIONS } from '../options/groups/all-options.ts'
import { filled, type Spelling } from '../options/option.ts'
import { reached } from '../options/table-fields.ts'
import type { Config } from './config-file.ts'

export interface ConfiguredCommandLine extends CommandLine {
  /** How the user knows each option. */
  readonly spelling: Spelling
}

/** @throws TablesyncError with code `USAGE` where the two do not go together */
export function configured(line: CommandLine, config?: Config): ConfiguredCommandLine {
  const typed = spellingWith(line.fromEnvironment)
  if (config === undefined) {
    refuseNoPairs(line.talk, config, typed)
    return { ...line, spelling: typed }
  }
  const { file, options, talk } = config
  const spelling: Spelling = (name) => {
    const isTyped = Object.hasOwn(line.options, name) || Object.hasOwn(line.talkGiven, name)
    const isInFile = Object.hasOwn(options, name) || Object.hasOwn(talk, name)
    return isInFile && !isTyped ? `${name} (${file})` : typed(name)
  }
  const told = filled(COMMAND_OPTIONS, withoutOpposites({ ...talk, ...line.talkGiven }, line))
  checkTalk(told, spelling)
  const all = {
    ...reached(options, line.options as unknown as Config['options']),
    ...line.options,
  } as CommandLine['options']
  refuseBothOnStdout(told, all, spelling)
  refuseNoPairs(told, config, spelling)
  return { ...line, options: all, talk: told, spelling }
}

function refuseNoPairs(
  { pairsAtOnce }: CommandLine['talk'],
  config: Config | undefined,
  spelling: Spelling,
): void {
  if (pairsAtOnce === undefined || config?.pairs !== undefined) return
  throw usageError(
    `Expected \`${spelling('pairsAtOnce')}\` to come with pairs in a file of options, got it without`,
    'Name the pairs in the file of --config, or leave it out.',
  )
}

/** Who types `--verbose` does not mean the `quiet` of a file. */
function withoutOpposites(
  told: Readonly<Record<string, unknown>>,
  { talkGiven }: CommandLine,
): Readonly<Record<string, unknown>> {
  const { verbose, quiet } = talkGiven
  if (verbose === true && quiet === undefined) return { ...told, quiet: false }
  return quiet === true && verbose === undefined ? { ...told, verbose: false } : told
}
