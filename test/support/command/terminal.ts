/**
 * The built command on a terminal: a real one to run on, an emulated one to read the screen from.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import xterm from '@xterm/headless'
import { CLI, type Env, testEnv } from './run-cli.ts'

/** Starts a command as the leader of a terminal of that many columns, and passes on its output. */
const TERMINAL = `
import fcntl, os, pty, signal, struct, sys, termios
columns, command = int(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, columns, 0, 0))
    os.execvp(command[0], command)
signal.signal(signal.SIGUSR1, lambda *_: os.close(terminal))
while True:
    try:
        text = os.read(terminal, 65536)
    except OSError:
        break
    if not text:
        break
    os.write(1, text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`

export interface OnTerminal {
  readonly args: readonly string[]
  readonly columns?: number
  readonly env?: Env
}

export interface RunningOnTerminal {
  /** Settles once the terminal has received the text. */
  said(text: string): Promise<void>
  /** Closes the terminal over the command, as a lost connection does. */
  hangUp(): void
  /** All that the terminal has received, control sequences included. */
  readonly ended: Promise<{ readonly code: number | null; readonly raw: string }>
}

export function startOnTerminal({ args, columns = 100, env }: OnTerminal): RunningOnTerminal {
  const command = [process.execPath, CLI, ...args, '--min-mismatch-age', '0']
  const child = spawn('python3', ['-c', TERMINAL, String(columns), ...command], {
    env: { ...testEnv(), TERM: 'xterm-256color', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let raw = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', kill)
    return { code: code as number | null, raw }
  })
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => raw.includes(text) && resolve()
      child.stdout.on('data', look)
      child.once('close', () => reject(new Error(`ended without ${text}; said: ${raw}`)))
      look()
    })
  return { said, hangUp: () => void child.kill('SIGUSR1'), ended }
}

/** The lines that a person sees at the end: wrapped lines joined, empty ones left out. */
export async function linesSeen(raw: string, columns = 100): Promise<string[]> {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows: 50,
    scrollback: 10_000,
    allowProposedApi: true,
  })
  await new Promise<void>((resolve) => terminal.write(raw, resolve))
  const { active } = terminal.buffer
  const lines: string[] = []
  for (let at = 0; at < active.length; at++) {
    const row = active.getLine(at)
    const isNextWrapped = active.getLine(at + 1)?.isWrapped === true
    const text = row?.translateToString(!isNextWrapped) ?? ''
    if (row?.isWrapped === true) lines.push(`${lines.pop() ?? ''}${text}`)
    else lines.push(text)
  }
  terminal.dispose()
  return lines.filter((line) => line !== '')
}
