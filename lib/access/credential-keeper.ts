/**
 * Holds credentials and renews them. It makes one request at a time to their source, and the answer
 * serves all tables, threads and requests that need it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { TablesyncError } from '../errors.ts'
import type {
  CredentialKeeper,
  HeldCredentials,
  PlainCredentials,
} from '../model/tables/aws-credentials.ts'
import type { Milliseconds } from '../model/units.ts'

/** Renew when this much is left, or a quarter of the credentials' lifetime if that is less. */
const RENEW_BEFORE: Milliseconds = 6 * 60_000
const RENEW_SHARE = 1 / 4

/** How long a source that failed is not asked again, while its last credentials are valid. */
const ASK_AGAIN_AFTER: Milliseconds = 20_000

/** For this long after an answer, no other is asked for, even if a table calls it expired. */
const FRESH_FOR: Milliseconds = 2000

/** Pause between two tries, when nothing usable is held. */
const TRY_AGAIN_AFTER: Milliseconds = 1000

export interface Given {
  readonly credentials: PlainCredentials
  /** Why these are default keys. Absent: they are real ones. */
  readonly defaultKeys?: string
}

/** Least time between two requests of one thread, while new credentials are on their way. */
const LEAST_PAUSE: Milliseconds = 100

export interface Renewal {
  /**
   * Asks the source again.
   *
   * @param ending when it aborts, nobody waits for the answer any more
   */
  provide(ending: AbortSignal): Promise<Given>
  /** The name of the source, for the message if it gives no credentials. */
  from(): string | undefined
  /** How long one answer may take, and how long the source is tried if none comes. */
  readonly limit: Milliseconds
  /** When it aborts, nobody needs credentials any more, and no answer is waited for. */
  readonly over: AbortSignal
}

/**
 * Keeps what `provide` gives until it nears its expiry, or a table calls it expired. While it is
 * valid, nobody waits for its replacement.
 */
export function keepRenewed({ provide, from, limit, over }: Renewal): CredentialKeeper {
  let held: (HeldCredentials & { readonly since: number }) | undefined
  let ahead: Promise<void> | undefined
  let needed: Promise<void> | undefined

  async function renew(): Promise<void> {
    const given = await answerWithin(limit, over, provide)
    const credentials = plainCredentials(given.credentials)
    const since = Date.now()
    const left = timeLeft(credentials)
    const renewBefore = Math.min(RENEW_BEFORE, left * RENEW_SHARE)
    held = { ...given, credentials, since, askAgainAt: since + left - renewBefore }
  }

  async function renewAhead(): Promise<void> {
    await renew().catch(() => {
      // Valid credentials are better than none, and than asking with every request.
      if (held !== undefined) held = { ...held, askAgainAt: Date.now() + ASK_AGAIN_AFTER }
    })
    ahead = undefined
  }

  /** Called when no usable credentials are held. */
  async function renewNow(): Promise<void> {
    const began = performance.now()
    for (;;) {
      try {
        return await renew()
      } catch (error) {
        // A source that has never given any is more likely misspelt than busy.
        const isLast =
          held === undefined ||
          over.aborted ||
          error instanceof TablesyncError ||
          performance.now() - began + TRY_AGAIN_AFTER > limit
        if (isLast) throw unobtainable(error, from())
      }
      await sleep(TRY_AGAIN_AFTER)
    }
  }

  return async (refused) => {
    const isRefused = () =>
      held !== undefined &&
      held.credentials.accessKeyId === refused &&
      Date.now() - held.since >= FRESH_FOR
    const isUseless = () => held === undefined || timeLeft(held.credentials) <= 0 || isRefused()
    if (isUseless()) await ahead
    if (isUseless()) {
      needed ??= renewNow().finally(() => {
        needed = undefined
      })
      await needed
    } else if (Date.now() >= (held?.askAgainAt ?? 0)) ahead ??= renewAhead()
    const { since: _, ...told } = held as unknown as HeldCredentials & { readonly since: number }
    return { ...told, askAgainAt: Math.max(told.askAgainAt, Date.now() + LEAST_PAUSE) }
  }
}

/** Keeps credentials that never change. */
export function keepFixed(credentials: PlainCredentials): CredentialKeeper {
  const held = { credentials, askAgainAt: Number.POSITIVE_INFINITY }
  return async () => held
}

/** Waits for an answer until the limit. Then `ending` tells `provide` to end what it started. */
async function answerWithin(
  limit: Milliseconds,
  over: AbortSignal,
  provide: Renewal['provide'],
): Promise<Given> {
  const ending = new AbortController()
  let giveUp: (reason: Error) => void = () => {}
  const late = new Promise<never>((_, reject) => {
    giveUp = (reason) => {
      reject(reason)
      ending.abort()
    }
  })
  const onOver = () => giveUp(new Error('nobody waits for them any more'))
  const timer = setTimeout(() => giveUp(new Error(`no answer in ${limit / 1000} s`)), limit)
  over.addEventListener('abort', onOver)
  try {
    if (over.aborted) onOver()
    return await Promise.race([late, provide(ending.signal)])
  } finally {
    clearTimeout(timer)
    over.removeEventListener('abort', onOver)
  }
}

/** The source gave no credentials. The message names it, so that nobody blames the table. */
function unobtainable(cause: unknown, from: string | undefined): TablesyncError {
  if (cause instanceof TablesyncError) return cause
  const source = from === undefined ? '' : ` from ${from}`
  return new TablesyncError(`No credentials${source}: ${describe(cause)}`, {
    code: 'CREDENTIALS',
    scope: 'table',
    hint: 'Correct that source: no other is tried. For an emulator, add its --endpoint.',
    cause,
  })
}

/** Error names that add nothing to the message. */
const PLAIN_NAMES = new Set(['Error', 'CredentialsProviderError', 'TokenProviderError'])

function describe(cause: unknown): string {
  if (!(cause instanceof Error))
    return 'the credentials function threw a value that is not an Error'
  return PLAIN_NAMES.has(cause.name) ? cause.message : `${cause.name}: ${cause.message}`
}

function timeLeft({ expiration }: PlainCredentials): Milliseconds {
  return expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - Date.now()
}

/**
 * Removes the symbols, methods and fields that providers add, which no thread needs.
 *
 * @throws TablesyncError with code `CREDENTIALS` if these are not credentials
 */
export function plainCredentials(given: PlainCredentials): PlainCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = given ?? {}
  const texts = [accessKeyId, secretAccessKey, sessionToken ?? '', accountId ?? '']
  const isPlain = texts.every((text) => typeof text === 'string')
  if (!isPlain || (expiration !== undefined && !isDate(expiration))) throw malformed()
  return {
    accessKeyId: accessKeyId as string,
    secretAccessKey: secretAccessKey as string,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(expiration !== undefined && { expiration }),
    ...(accountId !== undefined && { accountId }),
  }
}

const isDate = (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime())

/** The message does not show what came: a part of it may be secret. */
function malformed(): TablesyncError {
  return new TablesyncError(
    'Expected credentials with accessKeyId and secretAccessKey (optional: sessionToken, ' +
      'accountId as text, expiration as a Date), got something else',
    {
      code: 'CREDENTIALS',
      scope: 'table',
      hint: 'Correct the credentials, or the function that returns them.',
    },
  )
}
