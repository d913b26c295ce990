/** What the command says of itself and of a run: lines for people here, lines of JSON in `json-log.ts`. */
import type { TablesyncError } from '../errors.ts'
import { type Human, type HumanOptions, tellHuman } from './human.ts'
import type { ManyOf } from './lines/pairs-lines.ts'
import { type PairsHuman, tellPairs } from './pairs-human.ts'
import { printable } from './printable.ts'
import type { Screen } from './screen.ts'

export interface Log {
  /** Where a line goes that belongs to no run. */
  readonly screen: Screen
  /** Begins to tell of a run. */
  follow(options: Omit<HumanOptions, 'screen'>): Human
  /** Begins to tell of a run over many pairs. */
  followPairs(options: Omit<HumanOptions, 'screen'> & { readonly of?: ManyOf }): PairsHuman
  error(error: TablesyncError): void
}

export function textLog(screen: Screen): Log {
  return {
    screen,
    follow: (options) => tellHuman({ ...options, screen }),
    followPairs: (options) => tellPairs({ ...options, screen }),
    error({ message, hint, code, cause }) {
      screen.say(`tablesync: ${message}`)
      if (hint !== undefined) screen.say(hint)
      const trace = code === 'INTERNAL' && cause instanceof Error ? traceOf(cause) : []
      for (const line of trace) screen.say(line)
    },
  }
}

/** A message stays in its line: it may come from outside. */
function traceOf({ stack = '', message }: Error): string[] {
  return stack.replace(message, () => printable(message)).split('\n')
}
