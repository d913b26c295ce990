/**
 * Runs the command of a profile's `credential_process`. The SDK would run it in our own process
 * group, where it could not be killed together with all that it has started.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { kill } from 'node:process'
import { text } from 'node:stream/consumers'
import type { PlainCredentials } from '../model/tables/aws-credentials.ts'

/** Shown of the last line of stderr, which has no secrets (SDKs and tools reference guide). */
const MOST_TOLD = 200

interface ProcessAnswer {
  readonly Version?: unknown
  readonly AccessKeyId?: unknown
  readonly SecretAccessKey?: unknown
  readonly SessionToken?: unknown
  readonly Expiration?: unknown
  readonly AccountId?: unknown
}

const running = new Set<ChildProcess>()

/** For a process that ends at once: commands that still run would outlive it. */
export function endCredentialCommands(): void {
  for (const child of running) killGroup(child)
}

/**
 * @param ending when it aborts, the process is killed
 * @throws Error whose message has neither the command nor its standard output, which may be secret
 */
export async function runCredentialCommand(
  profile: string,
  command: string,
  ending: AbortSignal,
): Promise<PlainCredentials> {
  const child = spawn(command, {
    shell: true,
    // The command and all that it starts get a process group of their own.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const end = () => killGroup(child)
  ending.addEventListener('abort', end, { once: true })
  running.add(child)
  try {
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', ({ code }: NodeJS.ErrnoException) => {
        reject(refusal(profile, `could not be run (${code})`))
      })
      child.once('close', (code, signal) => resolve(code === null ? `${signal}` : `${code}`))
    })
    const [end, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
    if (end !== '0') throw refusal(profile, `ended with ${end}${lastLine(stderr)}`)
    return credentialsIn(stdout, profile)
  } finally {
    running.delete(child)
    ending.removeEventListener('abort', end)
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    kill(-child.pid, 'SIGKILL')
  } catch {
    // Windows has no process groups; a process that has ended cannot be killed.
    child.kill('SIGKILL')
  }
}

function credentialsIn(stdout: string, profile: string): PlainCredentials {
  const answer = parsed(stdout, profile)
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration, AccountId } = answer
  if (answer.Version !== 1) throw refusal(profile, 'answered another Version than 1')
  for (const [name, value] of Object.entries({ AccessKeyId, SecretAccessKey })) {
    if (typeof value !== 'string' || value === '') throw refusal(profile, `answered no ${name}`)
  }
  const expiration = Expiration ? new Date(String(Expiration)) : undefined
  if (expiration !== undefined && !(expiration.getTime() > Date.now())) {
    throw refusal(profile, `answered credentials that expired ${shownDate(expiration)}`)
  }
  return {
    accessKeyId: AccessKeyId as string,
    secretAccessKey: SecretAccessKey as string,
    ...(SessionToken ? { sessionToken: String(SessionToken) } : {}),
    ...(expiration !== undefined && { expiration }),
    ...(AccountId ? { accountId: String(AccountId) } : {}),
  }
}

function parsed(stdout: string, profile: string): ProcessAnswer {
  try {
    return JSON.parse(stdout) as ProcessAnswer
  } catch {
    throw refusal(profile, 'answered no JSON')
  }
}

const shownDate = (date: Date) =>
  Number.isNaN(date.getTime()) ? 'at no date' : `at ${date.toISOString()}`

function lastLine(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1)?.trim() ?? ''
  return line === '' ? '' : `: ${line.slice(0, MOST_TOLD)}`
}

const refusal = (profile: string, what: string) =>
  new Error(`the credential_process of profile ${profile} ${what}`)
