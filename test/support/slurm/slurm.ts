/**
 * A real Slurm of one machine, started for a test: all its files lie in one folder, it listens on
 * loopback, and it needs no munge, no database, no cgroups and no service of the system.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { testEnv } from '../command/run-cli.ts'
import { freePort } from '../tinyproxy.ts'
import { type SlurmHost, slurmHost } from './slurm-host.ts'
import { isOver, SLURM_CGROUPS, type SlurmTask, slurmSettings, tasksOf } from './slurm-texts.ts'

/** Debian keeps the daemons where the PATH of an ordinary user does not look. */
const PATH = [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter)

const NEEDED = ['slurmctld', 'slurmd', 'sbatch', 'scancel', 'scontrol', 'sinfo', 'squeue']

const NO_HOST = `the name of this machine has to lead to 127.0.0.1: ${hostname()}`

const POLL_MS = 100
const START_MS = 30_000
const STOP_MS = 15_000

export interface Slurm {
  /** For commands that are to find this Slurm: `scontrol`, `squeue`, `sbatch`. */
  readonly env: NodeJS.ProcessEnv
  /**
   * Calls `sbatch` in the folder, where Slurm writes what the job prints; returns the job's id.
   * The job has the environment of `env`.
   */
  submit(args: readonly string[]): Promise<number>
  /** Resolves once no task of the job is pending or running: its tasks, in their order. */
  ended(job: number, withinMs?: number): Promise<readonly SlurmTask[]>
  /** Kills what still runs, and ends the daemons. The folder stays. */
  stop(): Promise<void>
}

/** Why its tests cannot run here; undefined: they can, or must. `.ci/run` installs it. */
export function slurmMissing(): string | undefined {
  if (process.env['CI'] === 'true') return undefined
  const places = PATH.split(delimiter)
  const missing = NEEDED.filter((name) => !places.some((place) => existsSync(join(place, name))))
  if (missing.length > 0) return `${missing.join(', ')} not installed: apt-get install slurm-wlm`
  return slurmHost() ? undefined : NO_HOST
}

/**
 * `folder`: exists, and has a short path, as Slurm keeps sockets below it. Whoever can connect to
 * the ports may run programs as this user: it is nothing for a machine with untrusted users.
 */
export async function startSlurm(folder: string): Promise<Slurm> {
  // Slurm has no quotes for other characters, and a socket's path has at most 108 bytes.
  if (!/^\/[\w./-]{1,70}$/.test(folder)) throw new Error(`no folder for Slurm: ${folder}`)
  const host = slurmHost()
  if (!host) throw new Error(NO_HOST)
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(folder, host)
    } catch (error) {
      // Somebody else took a port after it was found free.
      if (attempt === 3 || !String(error).includes('Address already in use')) throw error
    }
  }
}

async function startOnce(folder: string, host: SlurmHost): Promise<Slurm> {
  // Long lists of tasks are cut off unless the length is 0.
  const env = { ...testEnv(), PATH, SLURM_CONF: join(folder, 'slurm.conf'), SLURM_BITSTR_LEN: '0' }
  const daemons = new Map<string, ChildProcess>()
  const settings = slurmSettings(folder, host, [await freePort(), await freePort()])
  await writeFile(env.SLURM_CONF, settings)
  await writeFile(join(folder, 'cgroup.conf'), SLURM_CGROUPS)
  for (const name of ['state', 'spool']) await mkdir(join(folder, name), { recursive: true })
  try {
    for (const name of ['slurmctld', 'slurmd']) daemons.set(name, await startDaemon(name))
    // The state is `unknown` until slurmd has registered, and `idle*` where it does not answer.
    await until(START_MS, 'the node to be idle', async () => {
      const [state] = await lines('sinfo', ['--noheader', '--format=%T']).catch(() => [])
      return { done: state === 'idle' ? true : undefined, seen: state ?? 'no answer' }
    })
  } catch (error) {
    await end()
    throw error
  }

  async function startDaemon(name: string): Promise<ChildProcess> {
    const output = await open(join(folder, `${name}.stderr`), 'a')
    // A test that is killed stops nothing: the kernel ends its daemons then.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...host.prefix, name, '-D'], {
      env,
      cwd: folder,
      stdio: ['ignore', output.fd, output.fd],
    })
    await once(child, 'spawn').finally(() => output.close())
    return child
  }

  async function lines(command: string, args: readonly string[]): Promise<string[]> {
    const options = { env, cwd: folder, timeout: START_MS, maxBuffer: 2 ** 26 }
    const run = promisify(execFile)(command, args, options)
    const { stdout } = await run.catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await logs()}`)
    })
    return stdout.split('\n').filter((line) => line.trim() !== '')
  }

  async function logs(): Promise<string> {
    const text = (file: string) => readFile(join(folder, file), 'utf8').catch(() => undefined)
    const read = async (name: string) =>
      `--- ${name}:\n${(await text(`${name}.log`)) ?? (await text(`${name}.stderr`))}`
    return (await Promise.all(['slurmctld', 'slurmd'].map(read))).join('\n')
  }

  /** Looks until something is done; fails at once where a daemon has ended, and with the logs. */
  async function until<T>(
    withinMs: number,
    what: string,
    look: () => Promise<{ readonly done: T | undefined; readonly seen: string }>,
  ): Promise<T> {
    const limit = performance.now() + withinMs
    for (;;) {
      const [gone] = [...daemons].find(([, child]) => hasEnded(child)) ?? []
      if (gone) throw new Error(`${gone} ended while waiting for ${what}\n${await logs()}`)
      const { done, seen } = await look()
      if (done !== undefined) return done
      if (performance.now() > limit) {
        throw new Error(`waited ${withinMs} ms for ${what}; seen: ${seen}\n${await logs()}`)
      }
      await sleep(POLL_MS)
    }
  }

  async function end(): Promise<void> {
    await Promise.all(
      [...daemons.values()].map(async (child) => {
        if (hasEnded(child)) return
        const exit = once(child, 'exit')
        child.kill('SIGTERM')
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
        await exit.finally(() => clearTimeout(late))
      }),
    )
  }

  return {
    env,
    async submit(args) {
      const [id = ''] = await lines('sbatch', ['--parsable', ...args])
      return Number(id.split(';')[0])
    },
    ended: (job, withinMs = 60_000) =>
      until(withinMs, `job ${job} to end`, async () => {
        const records = await lines('scontrol', ['--oneliner', 'show', 'job', `${job}`])
        const tasks = records.flatMap(tasksOf).sort((a, b) => (a.task ?? 0) - (b.task ?? 0))
        const areOver = tasks.length > 0 && tasks.every(isOver)
        return { done: areOver ? tasks : undefined, seen: records.join('\n') }
      }),
    async stop() {
      if ([...daemons.values()].every(hasEnded)) return
      try {
        await until(STOP_MS, 'all jobs to be gone', async () => {
          const jobs = await lines('squeue', ['--noheader', '--format=%A'])
          if (jobs.length > 0) await kill(jobs)
          return { done: jobs.length === 0 || undefined, seen: jobs.join(' ') }
        })
      } finally {
        await end()
      }
    },
  }

  /** slurmd leaves jobs alone when it ends, and Slurm gives one that it ends half a minute. */
  async function kill(jobs: readonly string[]): Promise<void> {
    await lines('scancel', jobs).catch(() => {})
    // Fails where none runs.
    const running = await lines('scontrol', ['listpids']).catch(() => [])
    // A process that Slurm does not know is listed as -1, which would mean all there are.
    const pids = running.map((line) => Number.parseInt(line, 10)).filter((pid) => pid > 1)
    await lines('sh', ['-c', `kill -KILL ${pids.join(' ')}`]).catch(() => {})
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
