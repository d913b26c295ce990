/** Text that may be longer than the screen: through a pager on a terminal, else to stdout. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface TextOutput {
  /** Settles with false where nobody reads any more. */
  line(text: string): Promise<boolean>
  /** Settles when the pager has been left. */
  close(): Promise<void>
}

/** Lines are handed on once this many characters have gathered. */
const BUFFER = 32 << 10

/** @param print writes to stdout; settles with whether somebody still reads */
export async function openTextOutput(
  isPaged: boolean,
  print: (text: string) => Promise<boolean>,
): Promise<TextOutput> {
  const pager = isPaged ? await startPager(process.env['PAGER']) : undefined
  const write = pager === undefined ? print : (text: string) => feed(pager, text)
  let gathered = ''
  let isWanted = true
  const flush = async () => {
    const text = gathered
    gathered = ''
    if (text !== '' && isWanted) isWanted = await write(text)
    return isWanted
  }
  return {
    async line(text) {
      gathered += `${text}\n`
      return gathered.length < BUFFER ? isWanted : flush()
    },
    async close() {
      await flush()
      if (pager === undefined) return
      pager.stdin?.end()
      if (pager.exitCode === null && pager.signalCode === null) await once(pager, 'exit')
    },
  }
}

/** Undefined: there is none, or none is wanted. */
async function startPager(wanted = 'less'): Promise<ChildProcess | undefined> {
  const [command = '', ...words] = wanted.trim().split(/\s+/)
  if (command === '' || command === 'cat') return undefined
  // Not longer than the screen: less leaves at once. It keeps the text on the screen in any case.
  const env = { LESS: 'FRX', ...process.env }
  const pager = spawn(command, words, { stdio: ['pipe', 'inherit', 'inherit'], env })
  // It may be left before it has read all.
  pager.stdin.on('error', () => {})
  const started = await Promise.race([
    once(pager, 'spawn').then(() => true),
    once(pager, 'error').then(() => false),
  ]).catch(() => false)
  if (!started) return undefined
  // Ctrl-C is the pager's.
  process.on('SIGINT', () => {})
  return pager
}

function feed({ stdin, exitCode }: ChildProcess, text: string): Promise<boolean> {
  if (stdin === null || exitCode !== null || !stdin.writable) return Promise.resolve(false)
  return new Promise((resolve) => stdin.write(text, (error) => resolve(!error)))
}
