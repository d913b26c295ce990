/** Options of how requests are made, and how long a table is waited for. */
import type { RequestTimeouts } from '../../model/request-timeouts.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../option.ts'
import { parseDuration } from '../values/duration.ts'
import type { Timeouts } from './program-options.ts'

export const CONNECTION_OPTIONS = {
  /** How often a request is tried again. @default 10 */
  maxRetries: {
    flag: 'max-retries',
    kind: 'whole',
    value: 'n',
    least: 0,
    most: 100,
    default: 10,
    also: ['apply', 'undo', 'revert', 'shard', 'fingerprint'],
    help: 'How often a request is tried again',
  },
  /** Milliseconds that the delay between tries starts from. @default 50 */
  retryDelayBase: {
    flag: 'retry-delay-base',
    kind: 'whole',
    value: 'ms',
    least: 1,
    most: 60_000,
    default: 50,
    also: ['apply', 'undo', 'revert', 'shard', 'fingerprint'],
    help: 'Milliseconds that the delay between tries starts from; it doubles, with jitter',
  },
  /**
   * How long to wait for an endpoint that answered earlier in this run and
   * became unreachable: `90s`, `30m`; `0`: not at all. Neither `maxRetries` nor
   * `timeouts` counts that time. @default '10m'
   */
  maxOutage: {
    flag: 'max-outage',
    kind: 'duration',
    value: 'duration',
    default: '10m',
    also: ['apply', 'undo', 'revert', 'shard', 'fingerprint'],
    help: 'How long to wait for an endpoint that answered earlier in this run and became unreachable: 90s, 30m; 0: not at all',
  },
  /**
   * Whether answers come compressed (gzip), which is less to transfer and more
   * to compute. `auto`: if the tables are in several regions. @default 'auto'
   */
  compression: {
    flag: 'compression',
    kind: 'choice',
    value: 'how',
    choices: ['auto', 'gzip', 'none'],
    default: 'auto',
    also: ['apply', 'undo', 'revert', 'shard', 'fingerprint'],
    help: 'How answers come: gzip, none (not compressed) or auto (gzip if the tables are in several regions)',
  },
} as const satisfies Group

export type ConnectionOptions = OptionsOf<typeof CONNECTION_OPTIONS>

export interface ConnectionSettings {
  readonly timeouts: RequestTimeouts
  readonly compression: 'auto' | 'gzip' | 'none'
}

export function resolveConnection(
  given: ConnectionOptions & { readonly timeouts?: Timeouts },
  spelling: Spelling,
): ConnectionSettings {
  const { maxRetries, retryDelayBase, maxOutage, compression } = filled(CONNECTION_OPTIONS, given)
  const { timeouts } = given
  const response = timeouts?.response ?? 20_000
  return {
    timeouts: {
      connectTimeout: timeouts?.connect ?? 5000,
      responseTimeout: response,
      silenceLimit: timeouts?.silence ?? Math.max(60_000, 3 * response),
      stallLimit: timeouts?.stall ?? 300_000,
      maxOutage: parseDuration(maxOutage, spelling('maxOutage'), 0),
      maxRetries,
      maxConnectRetries: maxRetries,
      retryDelayBase,
    },
    compression,
  }
}
