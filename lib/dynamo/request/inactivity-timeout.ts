/** Gives a table up that says nothing for too long, however many retries are left. */
import { setMaxListeners } from 'node:events'
import { TablesyncError } from '../../errors.ts'
import { oversleptBy } from '../../model/request-timeouts.ts'
import type { Milliseconds } from '../../model/units.ts'
import { Cutoff } from './cutoff.ts'
import type { RequestContext } from './request-errors.ts'

export interface Silence {
  /**
   * Ends every request in flight, and a few seconds later those that have followed: a write without
   * an answer asks what it has done. `reason`: the error that they throw.
   */
  end(reason: TablesyncError): void
  /** Called when the table was heard: headers, or a chunk of a body. */
  onHeard(): void
  /**
   * Makes a request. Cuts it off when nothing was heard from the table for as long as silence is
   * allowed, or when the caller's own signal aborts: the request has to heed that. Waits that it
   * passes to `excused` do not count as silence of the table.
   *
   * @throws TablesyncError with code `TABLE_SILENT`, or what the request throws
   * @throws the reason of the caller's signal
   */
  watch<T>(
    context: RequestContext,
    request: (cutoff: Cutoff, excused: Excused) => Promise<T>,
  ): Promise<T>
}

export type Excused = (waiting: Promise<void>) => Promise<void>

/** A request in flight. */
interface Watched {
  readonly cutoff: Cutoff
  began: Milliseconds
  isExcused: boolean
}

const SILENT = Symbol('silent')

/** For what follows on a request that was ended. */
const LAST_REQUESTS: Milliseconds = 5_000

export function silenceWatch(limit: Milliseconds, ending?: AbortSignal): Silence {
  let lastHeard = 0
  const open = new Set<Watched>()
  /** One for all requests: to set and clear one for each takes longer than to watch it. */
  let timer: NodeJS.Timeout | undefined
  let ended: TablesyncError | undefined

  const cutAll = (reason: unknown) => {
    for (const { cutoff } of [...open]) cutoff.abort(reason)
  }
  const onEnding = () => cutAll(ending?.reason)
  // As many tables as a run has may listen.
  if (ending !== undefined) setMaxListeners(0, ending)

  function lookIn(time: Milliseconds): void {
    const due = performance.now() + time
    timer = setTimeout(() => look(due), time)
  }

  function look(due: Milliseconds): void {
    timer = undefined
    const now = performance.now()
    const hasOverslept = now - due > oversleptBy(limit)
    let next = limit
    for (const one of [...open]) {
      if (hasOverslept) one.began = now
      const quiet = one.isExcused ? 0 : now - Math.max(one.began, lastHeard)
      if (quiet >= limit) one.cutoff.abort(SILENT)
      else next = Math.min(next, limit - quiet)
    }
    if (open.size > 0) lookIn(next + 1)
  }

  function begin(): Watched {
    const one = { cutoff: new Cutoff(), began: performance.now(), isExcused: false }
    open.add(one)
    if (open.size > 1) return one
    ending?.addEventListener('abort', onEnding)
    if (timer === undefined) lookIn(limit)
    else timer.ref()
    return one
  }

  function end(one: Watched): void {
    open.delete(one)
    if (open.size > 0) return
    ending?.removeEventListener('abort', onEnding)
    timer?.unref()
  }

  return {
    end(reason) {
      cutAll(reason)
      const last = setTimeout(() => {
        ended = reason
        cutAll(reason)
      }, LAST_REQUESTS)
      last.unref()
    },
    onHeard() {
      lastHeard = performance.now()
    },
    async watch(context, request) {
      ending?.throwIfAborted()
      if (ended !== undefined) throw ended
      const one = begin()
      const excused: Excused = async (waiting) => {
        const from = performance.now()
        one.isExcused = true
        try {
          await waiting
        } finally {
          one.isExcused = false
          const now = performance.now()
          // Others may have been heard meanwhile.
          one.began = Math.min(Math.max(one.began, lastHeard) + now - from, now)
        }
      }
      try {
        return await request(one.cutoff, excused)
      } catch (error) {
        ending?.throwIfAborted()
        const { aborted, reason } = one.cutoff
        if (!aborted) throw error
        throw reason === SILENT ? silent(context, limit) : reason
      } finally {
        end(one)
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
