/**
 * Where the daemons of Slurm listen: on the address that the machine's own name leads to. No
 * setting says another one, except for all addresses there are. As anybody who reaches a daemon
 * may start programs through it, this has to be loopback, or an address that is nobody else's.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'

export interface SlurmHost {
  readonly name: string
  readonly address: string
  /** What comes before a command for it to run under that name. */
  readonly prefix: readonly string[]
}

/** Undefined: the machine's name leads nowhere, or to where others could come in. */
export function slurmHost(): SlurmHost | undefined {
  const name = hostname()
  const found = spawnSync('getent', ['ahostsv4', name], { encoding: 'utf8' })
  const [address = ''] = found.stdout.split(' ')
  const own = { name: name.replace(/\..*/, ''), address, prefix: [] }
  if (address.startsWith('127.')) return own
  // Root may give them another name, which no other process sees.
  if (spawnSync('unshare', ['--uts', 'true']).status === 0) {
    const prefix = ['unshare', '--uts', 'sh', '-c', 'hostname localhost && exec "$0" "$@"']
    return { name: 'localhost', address: '127.0.0.1', prefix }
  }
  const isThrownAway =
    process.env['CI'] === 'true' ||
    ['/.dockerenv', '/run/.containerenv'].some((file) => existsSync(file))
  return isThrownAway && address !== '' ? own : undefined
}
