/** One end of a channel, with types for what it may say. */
import type { MessagePort } from 'node:worker_threads'

export type Port = MessagePort

export interface TypedPort<Says> {
  say(message: Says): void
  close(): void
  /** Settles once either side has closed and every message has been heard. */
  readonly closed: Promise<void>
}

/**
 * Opens a port for talking and listening at once. A port nobody listens to
 * never starts, and a port that never starts never reports that it closed.
 */
export function typedPort<Says, Hears>(
  port: MessagePort,
  hear: (message: Hears) => void,
): TypedPort<Says> {
  const closed = new Promise<void>((resolve) => port.once('close', resolve))
  port.on('message', hear)
  return {
    say: (message) => port.postMessage(message),
    close: () => port.close(),
    closed,
  }
}
