/** Works out units a second from what was asked for and what is known of a table. */
import { usageError } from '../../errors.ts'
import type {
  CapacityChoice,
  CapacityKind,
  KnownCapacity,
  PaceOrigin,
} from '../../model/tables/capacity.ts'

/** Share of a table's provisioned or warm capacity; the rest is for its other traffic. */
const POLITE_PERCENT = 25

export interface HeldTo {
  /** Null: no limit. */
  readonly unitsPerSecond: number | null
  readonly origin: PaceOrigin
  /** The reason, in words. */
  readonly because: string
}

export interface Place {
  readonly label: string
  readonly kind: CapacityKind
  /** Whether the table is on this machine: its capacity is nobody else's, and costs nothing. */
  readonly isLocal: boolean
  readonly known: KnownCapacity | undefined
}

/** @throws TablesyncError with code `USAGE` for a percentage of an unknown capacity */
export function resolveLimit(
  choice: CapacityChoice,
  { label, kind, isLocal, known }: Place,
): HeldTo {
  const share = (percent: number, origin: PaceOrigin, because: string) => ({
    origin,
    unitsPerSecond: ((known?.unitsPerSecond ?? 0) * percent) / 100,
    because: `${percent}% of its ${known?.from}${because}`,
  })
  switch (choice.kind) {
    case 'units':
      return { unitsPerSecond: choice.unitsPerSecond, origin: 'asked', because: 'as asked for' }
    case 'percent':
      if (known !== undefined) return share(choice.percent, 'asked', '')
      throw usageError(
        `Cannot take ${choice.percent}%: DescribeTable does not return the ${kind} capacity of ${label}`,
        'Give units a second, `adaptive` or `max`.',
      )
    case 'adaptive':
      return { unitsPerSecond: null, origin: 'asked', because: 'as much as is not throttled' }
    case 'max':
      return { unitsPerSecond: null, origin: 'asked', because: 'as asked for' }
    case 'polite':
      if (isLocal)
        return { unitsPerSecond: null, origin: 'local', because: 'no limit on this machine' }
      if (known !== undefined) return share(POLITE_PERCENT, 'polite', ', to leave room for others')
      return {
        unitsPerSecond: null,
        origin: 'unknown',
        because: 'DescribeTable returns no capacity',
      }
    default:
      return choice satisfies never
  }
}
