/** A table that says nothing for too long is given up, however many retries are left. */
import { TablesyncError } from '../errors.ts'
import type { Milliseconds } from '../model/units.ts'
import { asFailure, type RequestContext } from './failures.ts'

export interface Silence {
  /** The table was heard: headers, or a chunk of a body. */
  onHeard(): void
  /**
   * Makes a request, and aborts it once nothing was heard from the table for as
   * long as silence is allowed.
   *
   * @throws TablesyncError, classified by `failures.ts`, or with code `TABLE_SILENT`
   */
  watch<T>(context: RequestContext, request: (signal: AbortSignal) => Promise<T>): Promise<T>
}

export function silenceWatch(limit: Milliseconds): Silence {
  let lastHeard = 0
  return {
    onHeard() {
      lastHeard = performance.now()
    },
    async watch(context, request) {
      const controller = new AbortController()
      const began = performance.now()
      let timer: NodeJS.Timeout
      const look = () => {
        const quiet = performance.now() - Math.max(began, lastHeard)
        if (quiet >= limit) controller.abort()
        else timer = setTimeout(look, limit - quiet + 1)
      }
      timer = setTimeout(look, limit)
      try {
        return await request(controller.signal)
      } catch (error) {
        throw controller.signal.aborted ? silent(context, limit) : asFailure(error, context)
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function silent({ operation, table, label }: RequestContext, limit: number): TablesyncError {
  return new TablesyncError(`${operation} on ${label}: not a byte for ${limit / 1000} s`, {
    code: 'TABLE_SILENT',
    scope: 'table',
    table,
    hint: 'Check the endpoint and the network between here and there, then run again.',
  })
}
