/** Whoever sits at the terminal. */
import type { Question } from '../model/events/question.ts'
import type { CommandLine } from '../options/argv.ts'
import type { Consent } from '../options/groups/create-options.ts'
import { askPerson } from '../report/prompt.ts'
import type { Screen } from '../report/screen.ts'

type Talk = Pick<CommandLine, 'talk'>

/** Whether there is somebody to ask, before deletions for example. */
export const isAsked = ({ talk }: Talk): boolean => !talk.yes && isTerminal()

/** Who is there to say that a table may be made. */
export const consentOf = (line: Talk): Consent => ({
  isAsked: isAsked(line),
  isUnattended: !isTerminal() && !line.talk.yes,
})

const isTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

export function askAtTerminal(
  question: Question,
  signal: AbortSignal,
  screen: Screen,
): Promise<boolean> {
  const { pid, stdin: input, stderr: output } = process
  const onInterrupt = () => process.kill(pid, 'SIGINT')
  return askPerson(question, { input, output, screen, signal, onInterrupt })
}
