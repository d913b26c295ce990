/**
 * Tries to load the user's hooks before anything else is done. It uses a thread that is thrown
 * away, since a module may end its thread, spin, or wait for ever.
 */
import { Worker } from 'node:worker_threads'
import type { HooksToTry } from '../../model/hooks.ts'
import { cannotLoad, tooLate } from '../../protocol/hooks-module.ts'
import { fromWire, type WireError } from '../../protocol/wire-error.ts'

/** The exit code of a thread whose top-level await can never settle. */
const UNSETTLED = 13

/** What a trial has shown. */
export interface TriedHooks {
  /** Whether the module changes items of the master. */
  readonly transforms: boolean
  /** Whether it has made two items of one. */
  readonly isUnsteady: boolean
}

const NONE: TriedHooks = { transforms: false, isUnsteady: false }

/**
 * Returns early once the signal is aborted: then no hook will be called.
 *
 * @throws TablesyncError with code `USAGE` if the module exports no hooks, or does not load
 */
export async function tryHooks(
  source: HooksToTry | undefined,
  threadFile: URL,
  signal: AbortSignal | undefined,
): Promise<TriedHooks> {
  if (source === undefined || signal?.aborted) return NONE
  const { url, loadsWithin } = source
  const thread = new Worker(threadFile, { workerData: source })
  let timer: NodeJS.Timeout | undefined
  let end = () => {}
  try {
    return await new Promise<TriedHooks>((resolve, reject) => {
      end = () => resolve(NONE)
      signal?.addEventListener('abort', end)
      thread.on('message', ({ error, ...tried }: TriedHooks & { readonly error?: WireError }) =>
        error === undefined ? resolve(tried) : reject(fromWire(error)),
      )
      thread.on('error', (error: unknown) =>
        reject(cannotLoad(url, error instanceof Error ? error.message : String(error))),
      )
      thread.on('exit', (code) => reject(cannotLoad(url, endedBy(code))))
      // A module that spins cannot notice its own deadline.
      thread.on('online', () => {
        timer = setTimeout(() => reject(tooLate(source)), loadsWithin)
      })
    })
  } finally {
    signal?.removeEventListener('abort', end)
    clearTimeout(timer)
    await thread.terminate()
  }
}

const endedBy = (code: number) =>
  code === UNSETTLED
    ? 'its top-level await never settles'
    : 'it ended its own thread while it was loaded'
