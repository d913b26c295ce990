/** Server and contestants, each in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Summary } from 'tablesync'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

export interface Server {
  readonly endpoint: string
  /** Totals so far. */
  done(): Promise<{ readonly requests: number; readonly cpuMs: number }>
  stop(): Promise<void>
}

/** `pageBytes`: how large a page is on the wire. @default as large as the service's */
export async function startServer({ pageBytes }: { pageBytes?: number } = {}): Promise<Server> {
  const child: ChildProcess = spawn(process.execPath, [here('server.js')], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...(pageBytes !== undefined && { TABLESYNC_BENCH_PAGE_BYTES: String(pageBytes) }),
    },
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [endpoint] = (await once(lines, 'line')) as [string]
  return {
    endpoint,
    done: async () => (await fetch(endpoint)).json() as ReturnType<Server['done']>,
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

export type Contestant = 'floor' | 'json' | 'sdk' | 'tablesync'

export interface Measured {
  readonly contestant: string
  readonly items: number
  readonly readUnits?: number
  readonly cpuMs: number
  readonly wallMs: number
  readonly peakMB: number
  readonly summary?: Summary
}

/** Runs a contestant to its end. */
export async function measure(
  contestant: Contestant,
  ...[endpoint, master, replica, options = {}]: [string, string, string, object?]
): Promise<Measured> {
  const child = spawn(
    process.execPath,
    [here('contestants.js'), contestant, endpoint, master, replica, JSON.stringify(options)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${contestant} ended with ${code}`)
  return JSON.parse(output) as Measured
}
