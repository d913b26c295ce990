/** Options of how fast a run may go, and of what changes that while it runs. */
import { usageError } from '../../errors.ts'
import type { CapacityChoice, CapacityChoices } from '../../model/tables/capacity.ts'
import type { Option, Spelling } from '../option.ts'
import { shown } from '../quoted-value.ts'
import type { RunOptions } from '../run-options.ts'

export const PACE_OPTIONS = {
  readCapacity: {
    flag: 'read-capacity',
    kind: 'text',
    value: 'n|n%|adaptive|max',
    help: 'Read units a second to take of each table: a number, a percentage of what it is provisioned or warm for, adaptive (as much as is not throttled) or max (default: 25% where that is known, max on this machine)',
  },
  writeCapacity: {
    flag: 'write-capacity',
    kind: 'text',
    value: 'n|n%|adaptive|max',
    help: 'Write units a second to take of each replica, likewise',
  },
  masterReadCapacity: {
    flag: 'master-read-capacity',
    kind: 'text',
    value: 'n|n%|adaptive|max',
    help: 'Read units a second to take of the master, where that differs from the replicas',
  },
  control: {
    flag: 'control',
    kind: 'text',
    value: 'file',
    help: 'A file with commands for the running run: pause, resume, read-capacity VALUE, write-capacity VALUE',
  },
} as const satisfies Record<string, Option>

type Given = Pick<RunOptions, 'readCapacity' | 'writeCapacity' | 'masterReadCapacity'>

export function resolveCapacity(
  given: Given,
  role: 'master' | 'replica',
  spelling: Spelling,
): CapacityChoices {
  const choice = (name: keyof Given) => {
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
