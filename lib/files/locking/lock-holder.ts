/** Who holds a lock, and whether that process is alive. */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { kill, pid } from 'node:process'
import type { Milliseconds } from '../../model/units.ts'

/** A holder that cannot be seen from here counts as dead after so long without a renewal. */
export const LEASE: Milliseconds = 120_000

export interface LockHolder {
  readonly run: string
  readonly pid: number
  readonly host: string
  /** Boot and start time of the process, since process ids are reused. Absent: not known there. */
  readonly began?: string
  /** Its pid namespace: two containers of one name may each have a process 1. Absent: not known. */
  readonly space?: string
  /** When the lock expires, in milliseconds since the epoch. */
  readonly until: number
}

/**
 * `dying`: the process was killed and is not gone yet, or the system does not tell a dying process
 * from a living one. `unseen`: it runs elsewhere, and counts as alive until its lease ends.
 */
export type HolderState = 'alive' | 'dying' | 'dead' | 'unseen'

export function ourselves(run: string): LockHolder {
  const entry = entryOf(pid)
  const space = spaceOfPids()
  return {
    ...{ run, pid, host: hostname(), until: Date.now() + LEASE },
    ...(entry !== undefined && { began: `${entry.boot} ${entry.ticks}` }),
    ...(space !== undefined && { space }),
  }
}

export function isHolder(value: unknown): value is LockHolder {
  const { run, pid, host, until } = (value ?? {}) as Partial<Record<keyof LockHolder, unknown>>
  const isNamed = typeof run === 'string' && typeof host === 'string'
  return isNamed && Number.isSafeInteger(pid) && Number(pid) > 0 && typeof until === 'number'
}

export function stateOf(holder: LockHolder): HolderState {
  if (!isSeen(holder)) return holder.until > Date.now() ? 'unseen' : 'dead'
  try {
    kill(holder.pid, 0)
  } catch (error) {
    // EPERM: the process exists, and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'dead'
  }
  const entry = entryOf(holder.pid)
  if (entry === undefined) return holder.pid === pid ? 'alive' : 'dying'
  const isAnother = holder.began !== undefined && holder.began !== `${entry.boot} ${entry.ticks}`
  if (isAnother || entry.isDead) return 'dead'
  return entry.isExiting ? 'dying' : 'alive'
}

/** Whether the holder's process id means the same here: same machine, same boot, same container. */
function isSeen({ host, began, space }: LockHolder): boolean {
  if (host !== hostname()) return false
  const [boot, ours] = [began?.split(' ')[0], bootId()]
  if (boot !== undefined && ours !== undefined && boot !== ours) return false
  const ourSpace = spaceOfPids()
  return space === undefined || ourSpace === undefined || space === ourSpace
}

/** What Linux says about a process (proc(5)). Undefined: no such process, or another system. */
function entryOf(process: number) {
  const stat = contentOf(`/proc/${process}/stat`)
  const boot = bootId()
  if (stat === undefined || boot === undefined) return undefined
  // The fields begin after the command's name, which may contain blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const isFlagged = (Number(fields[FLAGS]) & EXITING) !== 0
  return {
    boot,
    ticks: fields[STARTTIME],
    // A zombie stays in the list of processes until its parent waits for it.
    isDead: /^[ZXx]$/.test(fields[STATE] ?? ''),
    isExiting: isFlagged || isKillPending(process),
  }
}

/** Whether the process has a pending SIGKILL, which no process survives. */
function isKillPending(process: number): boolean {
  const status = contentOf(`/proc/${process}/status`) ?? ''
  const pending = [...status.matchAll(/^S(?:ig|hd)Pnd:\s*([0-9a-f]+)$/gm)]
  return pending.some(([, mask]) => (BigInt(`0x${mask}`) & SIGKILL) !== 0n)
}

const bootId = () => contentOf('/proc/sys/kernel/random/boot_id')?.trim()

function spaceOfPids(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return undefined
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return undefined
  }
}

/** Indexes into the fields from the 3rd on: these are the 3rd, the 9th and the 22nd of all. */
const STATE = 0
const FLAGS = 6
const STARTTIME = 19

/** PF_EXITING of the kernel's sched.h. */
const EXITING = 4

/** Signal 9, as a bit of a mask. */
const SIGKILL = 1n << 8n
