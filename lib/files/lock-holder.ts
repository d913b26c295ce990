/** Who holds a lock, and whether it lives. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { kill, pid } from 'node:process'
import type { Milliseconds } from '../model/units.ts'

/** A holder on another machine that has not said for so long that it lives does not. */
export const LEASE: Milliseconds = 120_000

export interface LockHolder {
  readonly run: string
  readonly pid: number
  readonly host: string
  /** When its process began, as the system counts it: a number of a process is given again. Absent: not known here. */
  readonly began?: string
  /** Milliseconds of the epoch. */
  readonly until: number
}

export function ourselves(run: string): LockHolder {
  const began = beginningOf(pid)
  return {
    ...{ run, pid, host: hostname(), until: Date.now() + LEASE },
    ...(began !== undefined && { began }),
  }
}

export function isAlive({ pid: process, host, until, began }: LockHolder): boolean {
  if (host !== hostname()) return until > Date.now()
  try {
    kill(process, 0)
  } catch (error) {
    // Somebody else's process is one all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const beginning = beginningOf(process)
  return began === undefined || beginning === undefined || began === beginning
}

/** In ticks since the machine came up, and which coming up that was (Linux, proc(5)). */
function beginningOf(process: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'latin1')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    // Behind the command's name, which may have blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return `${boot} ${fields[STARTTIME]}`
  } catch {
    return undefined
  }
}

/** The 22nd of all fields, of which two stand before. */
const STARTTIME = 19
