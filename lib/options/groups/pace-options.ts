/** Options of how fast a run may go, and of what changes that while it runs. */
import { usageError } from '../../errors.ts'
import type { CapacityChoice, CapacityChoices } from '../../model/tables/capacity.ts'
import type { Group, OptionsOf, Spelling } from '../option.ts'
import { shown } from '../values/quoted-value.ts'

export const PACE_OPTIONS = {
  /**
   * Read units a second to take of each table: a number, a percentage of its
   * provisioned or warm throughput like `'25%'`, `'adaptive'` for as much as it
   * does not throttle, or `'max'` for no limit.
   *
   * @default 25 %; no limit if the throughput is not known, or if the endpoint is on this machine
   */
  readCapacity: {
    flag: 'read-capacity',
    kind: 'amount',
    value: 'n|n%|adaptive|max',
    offers: ['adaptive', 'max'],
    also: ['apply', 'undo', 'fingerprint'],
    help: 'Read units a second to take of each table: a number, a percentage of its provisioned or warm throughput, adaptive (as much as is not throttled) or max (no limit) (default: 25%; max if the throughput is not known, or if the endpoint is on this machine)',
  },
  /** Write units a second to take of each replica, likewise; indexes included. */
  writeCapacity: {
    flag: 'write-capacity',
    kind: 'amount',
    value: 'n|n%|adaptive|max',
    offers: ['adaptive', 'max'],
    also: ['apply', 'undo'],
    help: 'Write units a second to take of each replica, with the same choices and default',
  },
  /** Read units a second to take of the master. @default `readCapacity` */
  masterReadCapacity: {
    flag: 'master-read-capacity',
    kind: 'amount',
    value: 'n|n%|adaptive|max',
    offers: ['adaptive', 'max'],
    also: ['apply', 'undo'],
    help: 'Read units a second to take of the master, where that differs from the replicas',
    helpFor: { undo: 'Not used: an undo asks no master' },
  },
  /**
   * A file that is read while the run goes on, whose lines change its pace:
   * `pause`, `resume`, `read-capacity 500`, `write-capacity 25%`.
   */
  control: {
    flag: 'control',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    also: ['apply', 'undo'],
    help: 'A file with commands for the running run: pause, resume, read-capacity VALUE, write-capacity VALUE',
  },
} as const satisfies Group

export type PaceOptions = OptionsOf<typeof PACE_OPTIONS>

export interface PaceSettings {
  /** File that the pace is changed by while the run goes on. */
  readonly control: string | undefined
}

export const resolvePace = ({ control }: PaceOptions): PaceSettings => ({ control })

export function resolveCapacity(
  given: PaceOptions,
  role: 'master' | 'replica',
  spelling: Spelling,
): CapacityChoices {
  const choice = (name: 'readCapacity' | 'writeCapacity' | 'masterReadCapacity') => {
    const value = given[name]
    return value === undefined ? POLITE : capacityOf(String(value), spelling(name))
  }
  const ofMaster = role === 'master' && given.masterReadCapacity !== undefined
  return {
    read: choice(ofMaster ? 'masterReadCapacity' : 'readCapacity'),
    write: choice('writeCapacity'),
  }
}

const POLITE: CapacityChoice = { kind: 'polite' }

/** @throws TablesyncError with code `USAGE` */
export function capacityOf(text: string, name: string): CapacityChoice {
  if (text === 'adaptive' || text === 'max') return { kind: text }
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? []
  const value = Number(number)
  const isInRange = percent === '%' ? value <= 100 : value <= Number.MAX_SAFE_INTEGER / 1000
  if (number === undefined || value === 0 || !isInRange) {
    throw usageError(
      `Expected \`${name}\` to be units a second, a percentage, \`adaptive\` or \`max\`, got ${shown(text)}`,
      'For example 500, 25%, or adaptive: as much as the table does not throttle.',
    )
  }
  return percent === '%'
    ? { kind: 'percent', percent: value }
    : { kind: 'units', unitsPerSecond: value }
}
