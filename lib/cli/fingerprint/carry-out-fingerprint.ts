/** Makes a fingerprint of a table, or compares two. */
import { usageError } from '../../errors.ts'
import type { RunEvent } from '../../model/events/events.ts'
import type { TakenFingerprint } from '../../model/results/fingerprint-results.ts'
import { exitCodeOf } from '../../model/results/summary.ts'
import type { CommandLine } from '../../options/argv.ts'
import { forProgram } from '../../options/command-line.ts'
import { spellingWith } from '../../options/environment.ts'
import { abortOnSignals } from '../../process/signals.ts'
import { comparedLines, fingerprintTalk } from '../../report/lines/fingerprint-lines.ts'
import type { CommandContext } from '../command-context.ts'

const COMPARED = { equal: 0, different: 1 }

export async function carryOutFingerprint(
  line: CommandLine,
  context: CommandContext,
): Promise<number> {
  const { options, talk, fromEnvironment } = line
  const { log, output, callerWith } = context
  const { screen } = log()
  const tell = (text: string) => (talk.quiet ? undefined : screen.say(text))
  if (options.compare !== undefined) {
    if (options.like !== undefined) {
      throw usageError(
        'Expected `--like` without `--compare`, got both',
        'Leave it out: two fingerprints that exist are compared.',
      )
    }
    const { compareFingerprints } = await import(
      '../../commands/fingerprint/compare-fingerprints.ts'
    )
    const compared = await compareFingerprints(options.compare, options.out)
    for (const text of comparedLines(compared, options.out)) tell(text)
    const code = COMPARED[compared.outcome]
    return talk.json ? await output.printDocument(compared, code) : code
  }
  const { takeFingerprint } = await import('../../commands/fingerprint/take-fingerprint.ts')
  const { signal, restore, exitCode } = abortOnSignals(
    () => tell('Stopping. No fingerprint is left.'),
    () => screen.clear(),
  )
  const { onEvent, conclude } = fingerprintTalk(tell, options.like)
  const onProgress: (event: RunEvent) => void = onEvent
  try {
    const given = { ...forProgram(options), signal, onProgress }
    const taken = await takeFingerprint(given, callerWith(spellingWith(fromEnvironment)))
    conclude(taken)
    const code = taken.outcome === 'interrupted' ? exitCode() : codeOf(taken)
    return talk.json ? await output.printDocument(taken, code) : code
  } finally {
    restore()
  }
}

const codeOf = ({ outcome }: TakenFingerprint) => (outcome === 'complete' ? 0 : exitCodeOf(outcome))
