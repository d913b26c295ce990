/** Tells a run over many pairs to programs: entries of a pair name it in `pair`. */

import type { Human } from '../human.ts'
import type { PairsHuman } from '../pairs-human.ts'
import { type JsonEventsOptions, jsonEvents, type WriteEntry } from './json-events.ts'

export function jsonPairs(write: WriteEntry, options: JsonEventsOptions): PairsHuman {
  const isQuiet = options.verbosity === 'quiet'
  const running = new Map<string, Human>()
  const tell = (type: string, fields: object) => {
    if (!isQuiet) write(type, fields)
  }
  return {
    onEvent(event) {
      switch (event.type) {
        case 'pair-began': {
          const { pair } = event
          running.set(
            pair,
            jsonEvents((type, fields) => write(type, { pair, ...fields }), options),
          )
          return tell(event.type, { pair })
        }
        case 'pair-event':
          return running.get(event.pair)?.onEvent(event.event)
        case 'pair-ended': {
          const { name, summary, error } = event.result
          const one = running.get(name)
          running.delete(name)
          if (summary !== undefined) one?.conclude(summary)
          if (error !== undefined) write('error', { pair: name, ...error })
          return tell(event.type, { pair: name, outcome: event.result.outcome })
        }
        default:
          return tell(event.type, event)
      }
    },
    onDifference(difference, pair) {
      running.get(pair)?.onDifference(difference)
    },
    conclude: (summary) => tell('pairs-summary', summary),
    status() {
      for (const one of running.values()) one.status()
    },
    close() {
      for (const one of running.values()) one.close()
    },
  }
}
