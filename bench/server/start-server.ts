/** The server of generated tables, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { makeCertificates } from './certificates.ts'

/** Totals of a server: read units by how they were read, and all requests and answers. */
export interface Done {
  readonly scan: number
  readonly lookup: number
  readonly recheck: number
  readonly requests: number
  readonly scans: number
  /** Of answers, before they are compressed. */
  readonly bytes: number
  readonly cpuMs: number
}

export interface Server {
  readonly endpoint: string
  /** The authority that its clients have to trust. Absent: it speaks without TLS. */
  readonly caFile?: string
  /** Totals so far. */
  done(): Promise<Done>
  stop(): Promise<void>
}

export interface ServerOptions {
  /** How large a page is on the wire. @default as large as the service's */
  readonly pageBytes?: number
  readonly isTls?: boolean
}

export async function startServer({ pageBytes, isTls }: ServerOptions = {}): Promise<Server> {
  const folder = isTls ? await makeCertificates() : undefined
  const child: ChildProcess = spawn(
    process.execPath,
    [fileURLToPath(new URL('server.js', import.meta.url))],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        ...process.env,
        ...(pageBytes !== undefined && { TABLESYNC_BENCH_PAGE_BYTES: String(pageBytes) }),
        ...(folder !== undefined && { TABLESYNC_BENCH_CERTIFICATES: folder }),
      },
    },
  )
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [endpoint] = (await once(lines, 'line')) as [string]
  return {
    endpoint,
    ...(folder !== undefined && { caFile: join(folder, 'ca.pem') }),
    async done() {
      const answered = once(child, 'message')
      child.send('done')
      const [done] = (await answered) as [Done]
      return done
    },
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
      if (folder !== undefined) await rm(folder, { recursive: true })
    },
  }
}
