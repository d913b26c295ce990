/** The built command in a real terminal that can be resized: tmux. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { CLI, type Env, type Teardown, testEnv } from './run-cli.ts'

const run = promisify(execFile)

/** Undefined: tmux is not installed. */
export const TMUX_VERSION = (() => {
  try {
    return execFileSync('tmux', ['-V'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
})()

export interface TmuxOptions {
  readonly args: readonly string[]
  readonly columns: number
  readonly rows: number
  readonly env?: Env
  /** What the shell does with the command, such as a redirection. */
  readonly shell?: (command: string) => string
}

export interface Tmux {
  /** All that the terminal shows and has scrolled; wrapped lines are joined. */
  lines(): Promise<string[]>
  /** What the screen shows, row by row. */
  screen(): Promise<string[]>
  /** Settles once the screen or what has scrolled holds the text. */
  shows(text: string | RegExp): Promise<void>
  resize(columns: number, rows: number): Promise<void>
  keys(...keys: readonly string[]): Promise<void>
  /** Process id of the command. */
  pid(): Promise<number>
}

let sessions = 0

/** The shell says so when the command has ended, and stays. */
export const ENDED = 'COMMAND-ENDED'

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`

export async function openTmux(t: Teardown, options: TmuxOptions): Promise<Tmux> {
  const { args, columns, rows, env = {}, shell = (command) => command } = options
  const socket = `tablesync-${process.pid}-${sessions++}`
  const tmux = async (...words: readonly string[]) =>
    (await run('tmux', ['-L', socket, ...words], { maxBuffer: 64 << 20 })).stdout
  const variables = Object.entries({ ...testEnv(), ...env }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quoted(value)}`],
  )
  const command = [process.execPath, CLI, ...args].map(quoted).join(' ')
  const line = `env -i TERM=tmux-256color TMUX=yes ${variables.join(' ')} ${command}`
  const size = ['-x', String(columns), '-y', String(rows)]
  // Ctrl-C is for the command: the shell goes on.
  const script = `trap : INT; ${shell(line)}; echo ${ENDED} $?; exec cat`
  t.teardown(() => tmux('kill-server').catch(() => {}))
  await tmux('-f', '/dev/null', 'new-session', '-d', ...size, 'sh -c "sleep 600"')
  await tmux('set-option', '-g', 'history-limit', '50000')
  await tmux('new-window', '-n', 'run', `sh -c ${quoted(script)}`)
  const captured = async (...flags: readonly string[]) =>
    (await tmux('capture-pane', '-p', '-t', ':run', ...flags)).replace(/\n+$/, '').split('\n')
  const lines = () => captured('-J', '-S', '-')
  return {
    lines: async () => (await lines()).map((one) => one.trimEnd()),
    screen: () => captured(),
    async shows(text) {
      for (;;) {
        const all = (await lines()).join('\n')
        if (typeof text === 'string' ? all.includes(text) : text.test(all)) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async resize(wide, high) {
      await tmux('resize-window', '-t', ':run', '-x', String(wide), '-y', String(high))
    },
    async keys(...keys) {
      await tmux('send-keys', '-t', ':run', ...keys)
    },
    async pid() {
      const shellPid = (await tmux('display-message', '-p', '-t', ':run', '#{pane_pid}')).trim()
      // Not by name: Node.js 24 calls its process after its main thread.
      const { stdout } = await run('pgrep', ['-P', shellPid])
      return Number(stdout.trim())
    },
  }
}
