/** Plans a run that several machines share, and says how to go on. */
import type { CommandLine } from '../../options/argv.ts'
import { forProgram } from '../../options/command-line.ts'
import { spellingWith } from '../../options/environment.ts'
import { abortOnSignals } from '../../process/signals.ts'
import { plannedLines } from '../../report/lines/shard-lines.ts'
import type { CommandContext } from '../command-context.ts'

const EXIT_CODE = { planned: 0, stopped: 4 }

export async function planRunOfShards(
  { options, talk, fromEnvironment }: CommandLine,
  { log, output, callerWith }: CommandContext,
): Promise<number> {
  const { planShards } = await import('../../commands/shards/plan-shards.ts')
  const { screen } = log()
  const tell = (line: string) => (talk.quiet ? undefined : screen.say(line))
  const { signal, restore, exitCode } = abortOnSignals(
    () => tell('Stopping. No run is planned.'),
    () => screen.clear(),
  )
  const caller = callerWith(spellingWith(fromEnvironment))
  try {
    const planned = await planShards({ ...forProgram(options), signal }, caller)
    for (const line of plannedLines(planned)) tell(line)
    const code = planned.outcome === 'interrupted' ? exitCode() : EXIT_CODE[planned.outcome]
    return talk.json ? await output.printDocument(planned, code) : code
  } finally {
    restore()
  }
}
