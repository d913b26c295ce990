/** Asks a person at the terminal, while lines of the run wait for the answer. */
import { createInterface } from 'node:readline/promises'
import type { Question } from '../model/question.ts'
import { questionText } from './lines/question-lines.ts'
import { printable } from './printable.ts'
import type { Screen } from './screen.ts'

export interface PromptOptions {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly screen: Screen
  /** Aborted: nobody needs the answer any more. */
  readonly signal: AbortSignal
  /** Ctrl-C, which a terminal that is asked does not send as a signal. */
  readonly onInterrupt: () => void
}

/** Yes is `y` or `yes`; anything else is no, and so is the end of input. */
export async function askPerson(question: Question, options: PromptOptions): Promise<boolean> {
  const { input, output, screen, signal, onInterrupt } = options
  screen.hold()
  const prompt = createInterface({ input, output, terminal: screen.isTerminal })
  prompt.once('SIGINT', onInterrupt)
  const ended = new Promise<string>((resolve) => {
    prompt.once('close', () => resolve(''))
    // A terminal that is gone; the run is told by a signal.
    prompt.on('error', () => resolve(''))
  })
  try {
    const text = `${printable(questionText(question))} [y/N] `
    const answer = await Promise.race([prompt.question(text, { signal }), ended])
    if (answer === '') output.write('\n')
    return /^y(es)?$/i.test(answer.trim())
  } catch {
    // The signal has ended the question.
    output.write('\n')
    return false
  } finally {
    prompt.close()
    screen.goOn()
  }
}
