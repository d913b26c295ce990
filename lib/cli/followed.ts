/** Does work while a person follows it. A signal ends the work; who asks how far it is gets an answer. */
import { abortOnSignals, type Interruption } from '../process/signals.ts'
import type { CommandContext } from './command-context.ts'

const ENDING = 'Stopping after in-flight pages. Press Ctrl-C again to exit now.'

interface Told {
  status(): void
  close(): void
}

/** @param isQuiet nothing is said of a signal */
export async function followed<Result>(
  { log, answerStatus }: CommandContext,
  human: Told,
  isQuiet: boolean,
  work: (interruption: Pick<Interruption, 'signal' | 'exitCode'>) => Promise<Result>,
): Promise<Result> {
  const { screen } = log()
  answerStatus(human.status)
  const { signal, restore, exitCode } = abortOnSignals(
    () => {
      if (!isQuiet) screen.say(ENDING)
    },
    () => screen.clear(),
  )
  try {
    return await work({ signal, exitCode })
  } finally {
    answerStatus()
    human.close()
    restore()
  }
}
