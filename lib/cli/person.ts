/** Whoever sits at the terminal. */
import type { Question } from '../model/question.ts'
import type { CommandLine } from '../options/argv.ts'
import { askPerson } from '../report/prompt.ts'
import type { Screen } from '../report/screen.ts'

/** Whether there is somebody to ask before deletions. */
export function isAsked({ talk }: Pick<CommandLine, 'talk'>): boolean {
  return !talk.yes && process.stdin.isTTY === true && process.stderr.isTTY === true
}

export function askAtTerminal(
  question: Question,
  signal: AbortSignal,
  screen: Screen,
): Promise<boolean> {
  const { pid, stdin: input, stderr: output } = process
  const onInterrupt = () => process.kill(pid, 'SIGINT')
  return askPerson(question, { input, output, screen, signal, onInterrupt })
}
