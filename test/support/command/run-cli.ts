/** The built command in a process of its own, with an environment of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Summary } from '../../../lib/model/results/summary.ts'

/** As it is shipped. */
export const CLI = fileURLToPath(new URL('../../../../bundle/lib/cli.js', import.meta.url))
/** The library, as it is shipped. */
export const LIBRARY = new URL('../../../lib/index.js', import.meta.url).href
const NO_FILE = join(tmpdir(), 'tablesync-test-no-such-file')

export type Env = Readonly<Record<string, string | undefined>>

export interface CliResult {
  /** Null: ended by a signal. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCli {
  readonly child: ChildProcess
  /** Settles once stderr holds the text; rejects where the command ends without it. */
  said(text: string): Promise<void>
  readonly ended: Promise<CliResult>
}

/** Emulators have no replication lag, so tests do not wait for it unless they say so. */
const NO_LAG = ['--min-mismatch-age', '0']

/**
 * `env`: a name given as undefined is absent from the command's environment. `output`: the number
 * of a file that takes what the command prints on stdout.
 */
export function startCli(
  args: readonly string[],
  env: Env = {},
  output: 'pipe' | number = 'pipe',
): RunningCli {
  const saysAge =
    ['undo', 'revert', 'show', 'shard', 'merge', 'fingerprint'].includes(args[0] ?? '') ||
    args.length < 2 ||
    args.includes('--min-mismatch-age') ||
    args.includes('--quiesced')
  const child = spawn(process.execPath, [CLI, ...args, ...(saysAge ? [] : NO_LAG)], {
    env: { ...testEnv(), ...env },
    stdio: ['ignore', output, 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'close').then(([code]): CliResult => {
    process.off('exit', kill)
    return { code: code as number | null, stdout, stderr }
  })
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stderr.includes(text) && resolve()
      child.stderr?.on('data', look)
      child.once('close', () => reject(new Error(`ended without ${text}; said: ${stderr}`)))
      look()
    })
  return { child, said, ended }
}

export async function runCli(args: readonly string[], env?: Env): Promise<CliResult> {
  return startCli(args, env).ended
}

/** Runs with `--json`, and reads the document. */
export async function runForSummary(
  args: readonly string[],
  env?: Env,
): Promise<CliResult & { readonly summary: Summary }> {
  const result = await runCli([...args, '--json'], env)
  if (result.stdout === '') throw new Error(`no document; stderr: ${result.stderr}`)
  return { ...result, summary: JSON.parse(result.stdout) as Summary }
}

/** The environment of every command that a test starts. */
export function testEnv(): Env {
  const { PATH, NODE_V8_COVERAGE, NODE_OPTIONS, TABLESYNC_TEST_REJECTIONS } = process.env
  return {
    PATH,
    ...(TABLESYNC_TEST_REJECTIONS !== undefined && { NODE_OPTIONS, TABLESYNC_TEST_REJECTIONS }),
    ...(NODE_V8_COVERAGE !== undefined && { NODE_V8_COVERAGE }),
    HOME: NO_FILE,
    AWS_CONFIG_FILE: NO_FILE,
    AWS_SHARED_CREDENTIALS_FILE: NO_FILE,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
}

/** Anything that cleans up at its end: a test. */
export interface Teardown {
  teardown(tidy: () => unknown): void
}

export async function tempFolder(t: Teardown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A shared credentials file; each profile's access key id is the name given. */
export async function credentialsFile(
  t: Teardown,
  profiles: Readonly<Record<string, string>>,
): Promise<string> {
  const file = join(await tempFolder(t), 'credentials')
  const sections = Object.entries(profiles).map(
    ([profile, accessKeyId]) =>
      `[${profile}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = secret-of-${profile}\n`,
  )
  await writeFile(file, sections.join('\n'))
  return file
}
