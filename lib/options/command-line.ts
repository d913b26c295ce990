/** What follows from a command line as it was read. */
import { pathToFileURL } from 'node:url'
import type { CommandLine } from './argv.ts'

/** The options as the library takes them. */
export function forProgram(options: CommandLine['options']): CommandLine['options'] {
  const { hooks } = options
  return { ...options, ...(hooks !== undefined && { hooks: pathToFileURL(hooks).href }) }
}

/** Whether each difference has a line: who names a key wants to know what is wrong with it. */
export function isEachTold({ talk, options }: CommandLine): boolean {
  return !talk.quiet && (talk.verbose || options.showValues === true || options.key !== undefined)
}

/** Lines of a report on the same terminal would stand in the middle of a block. */
export function progressOf(
  { talk: { progress }, options }: CommandLine,
  isTerminal: boolean,
): CommandLine['talk']['progress'] {
  const isShared = options.report === '-' && isTerminal
  return isShared && progress === 'auto' ? 'plain' : progress
}
