/**
 * Moments that matter to an observer outside: they are published on a diagnostics channel, at no
 * cost if nobody listens. Tests end the process at them.
 */
import { channel } from 'node:diagnostics_channel'

export type Point =
  | 'record-kept'
  | 'about-to-write'
  | 'written'
  | 'journal-appended'
  | 'journal-synced'
  | 'save-begun'
  | 'save-behind'
  | 'checkpoint-written'
  | 'checkpoint-synced'
  | 'checkpoint-renamed'
  | 'link-written'
  | 'link-synced'

const points = channel('tablesync:point')

export function passing(point: Point): void {
  if (points.hasSubscribers) points.publish(point)
}
