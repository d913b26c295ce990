/** Gives a table up that says nothing for too long, however many retries are left. */
import { TablesyncError } from '../../errors.ts'
import { oversleptBy } from '../../model/request-timeouts.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { RequestContext } from './request-errors.ts'

export interface Silence {
  /** Ends every request in flight. `reason`: the error that they throw. */
  end(reason: TablesyncError): void
  /** Called when the table was heard: headers, or a chunk of a body. */
  onHeard(): void
  /**
   * Makes a request. Aborts it when nothing was heard from the table for as long as silence is
   * allowed, or when the caller's own signal aborts. Waits that the request passes to `excused` do
   * not count as silence of the table.
   *
   * @throws TablesyncError with code `TABLE_SILENT`, or what the request throws
   * @throws the reason of the caller's signal
   */
  watch<T>(
    context: RequestContext,
    request: (signal: AbortSignal, excused: Excused) => Promise<T>,
  ): Promise<T>
}

export type Excused = (waiting: Promise<void>) => Promise<void>

export function silenceWatch(limit: Milliseconds, ending?: AbortSignal): Silence {
  let lastHeard = 0
  const open = new Set<AbortController>()
  return {
    end(reason) {
      for (const one of open) one.abort(reason)
    },
    onHeard() {
      lastHeard = performance.now()
    },
    async watch(context, request) {
      const silence = new AbortController()
      const signal =
        ending === undefined ? silence.signal : AbortSignal.any([silence.signal, ending])
      let began = performance.now()
      let isExcused = false
      const excused: Excused = async (waiting) => {
        const from = performance.now()
        isExcused = true
        try {
          await waiting
        } finally {
          isExcused = false
          began = Math.max(began, lastHeard) + performance.now() - from
        }
      }
      let timer: NodeJS.Timeout | undefined
      const lookIn = (time: Milliseconds) => {
        const due = performance.now() + time
        timer = setTimeout(() => look(due), time)
      }
      const look = (due: Milliseconds) => {
        const now = performance.now()
        if (now - due > oversleptBy(limit)) began = now
        const quiet = isExcused ? 0 : now - Math.max(began, lastHeard)
        if (quiet >= limit) silence.abort()
        else lookIn(limit - quiet + 1)
      }
      lookIn(limit)
      open.add(silence)
      try {
        return await endingWith(signal, request(signal, excused))
      } catch (error) {
        ending?.throwIfAborted()
        const { aborted, reason } = silence.signal
        if (!aborted) throw error
        throw reason instanceof TablesyncError ? reason : silent(context, limit)
      } finally {
        open.delete(silence)
        clearTimeout(timer)
      }
    },
  }
}

/**
 * Waits for the request, or until the signal aborts. A request in flight heeds the signal itself,
 * but not while it still waits for credentials.
 */
async function endingWith<T>(signal: AbortSignal, request: Promise<T>): Promise<T> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
  })
  signal.addEventListener('abort', onAbort)
  try {
    signal.throwIfAborted()
    return await Promise.race([request, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
    request.catch(() => {})
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
