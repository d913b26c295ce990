/** The log as lines of JSON: each has a time and a type. */

import type { Log } from '../log.ts'
import { printable } from '../printable.ts'
import { type Line, plainOf } from '../styled-line.ts'
import { jsonEvents, type WriteEntry } from './json-events.ts'
import { jsonPairs } from './json-pairs.ts'

/** @param redact takes secrets out of each string, as `JSON.stringify` calls it */
export function jsonLog(
  stream: NodeJS.WritableStream,
  redact: (name: string, value: unknown) => unknown,
): Log {
  let isGone = false
  /** Undefined: lines are written as they come. */
  let held: string[] | undefined
  // A closed pipe or a full disk ends the log and nothing else.
  stream.on('error', () => {
    isGone = true
  })
  const put = (line: string) => {
    if (held !== undefined) held.push(line)
    else if (!isGone) stream.write(line)
  }
  const write: WriteEntry = (type, fields) => {
    const entry = { time: new Date().toISOString(), type, ...fields }
    put(`${printable(JSON.stringify(entry, redact))}\n`)
  }
  const say = (line: Line) => write('message', { text: plainOf(line).trim() })
  return {
    screen: {
      isTerminal: false,
      say,
      show() {},
      clear() {},
      hold() {
        held = []
      },
      goOn() {
        const lines = held ?? []
        held = undefined
        for (const line of lines) put(line)
      },
      written: () =>
        new Promise((resolve) => {
          if (isGone) resolve()
          else stream.write('', () => resolve())
        }),
    },
    follow: (options) => jsonEvents(write, options),
    followPairs: (options) => jsonPairs(write, options),
    error({ code, message, hint, cause }) {
      const stack = code === 'INTERNAL' && cause instanceof Error ? cause.stack : undefined
      write('error', { code, message, hint, stack })
    },
  }
}
