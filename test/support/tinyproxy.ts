/** Debian's tinyproxy, started for a test. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from './tap.ts'

/** Why its tests cannot run here; false: they can, or must. `.ci/run` installs it. */
export const noTinyproxy: string | false =
  spawnSync('tinyproxy', ['-v']).status === 0 || process.env['CI'] === 'true'
    ? false
    : 'tinyproxy is not installed (apt-get install tinyproxy)'

export interface Tinyproxy {
  readonly port: number
  /** The requests it got, in order: `CONNECT host:port`, `POST http://host:port/`. */
  asked(): Promise<string[]>
}

/** A port where nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** `login`: the name and password that it requires, as `name password`. */
export async function startTinyproxy(t: Test, login?: string): Promise<Tinyproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
  const port = await freePort()
  const log = join(folder, 'log')
  const config = join(folder, 'config')
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 600',
    `LogFile "${log}"`,
    'LogLevel Connect',
    'MaxClients 200',
    ...(login === undefined ? [] : [`BasicAuth ${login}`]),
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  const child = spawn('tinyproxy', ['-d', '-c', config], { stdio: 'ignore' })
  t.teardown(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await rm(folder, { recursive: true })
  })
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`tinyproxy ended with ${child.exitCode}`)
    await sleep(20)
  }
  return {
    port,
    async asked() {
      const text = await readFile(log, 'utf8')
      return [...text.matchAll(/Request \(file descriptor \d+\): (\S+ \S+)/g)].map(
        ([, what = '']) => what,
      )
    },
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
