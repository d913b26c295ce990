/** Makes a journal of an export, and says how to go on. */
import { REVERT_EXIT_CODE } from '../model/results/reverted-export.ts'
import type { CommandLine } from '../options/argv.ts'
import { forProgram } from '../options/command-line.ts'
import { spellingWith } from '../options/environment.ts'
import { abortOnSignals } from '../process/signals.ts'
import type { CommandContext } from './command-context.ts'

export async function revertExport(
  { options, talk, fromEnvironment }: CommandLine,
  { log, output, callerWith }: CommandContext,
): Promise<number> {
  const { revert } = await import('../commands/revert.ts')
  const { revertTalk } = await import('../report/lines/revert-lines.ts')
  const { screen } = log()
  const tell = (line: string) => (talk.quiet ? undefined : screen.say(line))
  const { onExport, onCounts, conclude } = revertTalk(tell)
  const { signal, restore, exitCode } = abortOnSignals(
    () => tell('Stopping. No journal is left.'),
    () => screen.clear(),
  )
  const caller = callerWith(spellingWith(fromEnvironment))
  try {
    const done = await revert({ ...forProgram(options), signal }, caller, { onExport, onCounts })
    conclude(done)
    const code = done.outcome === 'interrupted' ? exitCode() : REVERT_EXIT_CODE[done.outcome]
    return talk.json ? await output.printDocument(done, code) : code
  } finally {
    restore()
  }
}
