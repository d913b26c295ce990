/** Asks a person at the terminal. Lines of the run wait until the answer. */

import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Question } from '../model/events/question.ts'
import type { Milliseconds } from '../model/units.ts'
import { questionText } from './lines/question-lines.ts'
import { printable } from './printable.ts'
import type { Screen } from './screen.ts'

export interface PromptOptions {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly screen: Screen
  /** When it aborts, nobody needs the answer any more. */
  readonly signal: AbortSignal
  /** Called for Ctrl-C, which a terminal does not send as a signal while it asks. */
  readonly onInterrupt: () => void
}

/** How long nothing must come: then what was typed before the question has been read. */
const QUIET: Milliseconds = 100

/** Nobody has answered a question that was not asked yet. */
async function discardTyped(input: NodeJS.ReadableStream): Promise<void> {
  let lastCame = performance.now()
  const onData = () => {
    lastCame = performance.now()
  }
  input.on('data', onData)
  input.resume()
  while (performance.now() - lastCame < QUIET) await sleep(QUIET / 4)
  input.pause()
  input.off('data', onData)
}

/** Yes is `y` or `yes`; anything else is no, and so is the end of input. */
export async function askPerson(question: Question, options: PromptOptions): Promise<boolean> {
  const { input, output, screen, signal, onInterrupt } = options
  screen.hold()
  await discardTyped(input)
  const prompt = createInterface({ input, output, terminal: screen.isTerminal })
  prompt.once('SIGINT', onInterrupt)
  const ended = new Promise<string>((resolve) => {
    prompt.once('close', () => resolve(''))
    // The terminal is gone; the run learns that from a signal.
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
