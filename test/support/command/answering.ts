/** The built command on a terminal of its own, with an answer typed in once it asks. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { CLI, type Env } from './run-cli.ts'

export interface Typed {
  /** Typed at once, before any question. */
  readonly early?: string
  /** Typed at the question. */
  readonly answer?: string
  /** Beside the environment of the test. */
  readonly env?: Env
}

/** All that the terminal has shown, and the code of the command. */
export async function answered(
  args: readonly string[],
  { early, answer, env = {} }: Typed,
): Promise<{ readonly told: string; readonly code: number | null }> {
  const command = [process.execPath, CLI, ...args].map((part) => `'${part}'`).join(' ')
  // Ends with the code of the command; its output comes back through the terminal.
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...process.env, ...env },
  })
  let told = ''
  let isAnswered = false
  if (early !== undefined) child.stdin.write(`${early}\n`)
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text
    if (isAnswered || answer === undefined || !told.includes('[y/N]')) return
    isAnswered = true
    child.stdin.write(`${answer}\n`)
  })
  const [code] = await once(child, 'close')
  child.stdin.end()
  return { told, code: code as number | null }
}
