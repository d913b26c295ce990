/** One attempt of one item operation: signs it, sends it and reads the answer. */
import type { Connections } from '../../http/connection-pool.ts'
import type { Body } from '../../item/bytes/response-body.ts'
import type { PlainCredentials } from '../../model/tables/aws-credentials.ts'
import type { RequestAddress } from '../../model/tables/request-address.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Answered } from '../../protocol/shared/traffic.ts'
import { verified } from './body-checksum.ts'
import { decoded } from './body-decoding.ts'
import type { Identity } from './cached-credentials.ts'
import type { Cutoff } from './cutoff.ts'
import { type ItemOperation, targetOf } from './operations.ts'
import { isMisSigned } from './request-errors.ts'
import { serviceError } from './service-error.ts'
import { type Sign, signerFor } from './signature.ts'

export type Exchange = (operation: ItemOperation, body: string, cutoff: Cutoff) => Promise<Body>

export interface ExchangeOptions {
  readonly address: RequestAddress
  readonly identity: Identity
  readonly connections: Pick<Connections, 'post'>
  /** Called with each answer that carries a request out. */
  readonly onAnswer?: ((operation: ItemOperation, answered: Answered) => void) | undefined
}

/** Signatures hold for five minutes either way (AWS General Reference, Signature Version 4). */
const MOST_SKEW: Milliseconds = 4 * 60_000

const EXPIRED = new Set(['ExpiredTokenException', 'ExpiredToken', 'TokenRefreshRequired'])

/** Whether the service refuses credentials that it accepted before. */
export const isExpiry = (error: unknown) => EXPIRED.has((error as Error).name)

/** Sends an operation, as DynamoDB JSON text; corrects a wrong clock and expired credentials. */
export function openExchange({
  address,
  identity,
  connections,
  onAnswer,
}: ExchangeOptions): Exchange {
  let clockOffset: Milliseconds = 0
  let signsFor: { readonly credentials: PlainCredentials; readonly sign: Sign } | undefined

  return async (operation, body, cutoff) => {
    const bytes = Buffer.from(body)
    // Only once: a clock that changes with each answer cannot be corrected.
    let mayMendClock = true
    for (;;) {
      const credentials = identity.held() ?? (await cutoff.endingEarly(identity.get()))
      const offset = clockOffset
      try {
        return await attempt(operation, bytes, credentials, cutoff)
      } catch (error) {
        const isClockMended: boolean = mayMendClock && clockOffset !== offset
        mayMendClock &&= !isClockMended
        const isMended =
          isClockMended ||
          (isExpiry(error) && (await cutoff.endingEarly(identity.replace(credentials))))
        if (!isMended) throw error
      }
    }
  }

  async function attempt(
    operation: ItemOperation,
    body: Buffer,
    credentials: PlainCredentials,
    cutoff: Cutoff,
  ): Promise<Body> {
    const at = Date.now() + clockOffset
    const signing = signingFor(credentials)({ target: targetOf(operation), body, at })
    const headers = signing instanceof Promise ? await signing : signing
    const began = performance.now()
    const response = await connections.post(headers, body, cutoff)
    const took = performance.now() - began
    const sent = verified(response.body, response.headers['x-amz-crc32'])
    const encoding = response.headers['content-encoding']
    const answer = encoding === undefined ? sent : await decoded(sent, encoding)
    if (response.statusCode < 300) {
      onAnswer?.(operation, { received: answer.bytes.length, took })
      return answer
    }
    const error = serviceError(response, answer.bytes)
    if (isMisSigned(error)) noteClock(response.headers['date'])
    throw error
  }

  function signingFor(credentials: PlainCredentials): Sign {
    if (credentials !== signsFor?.credentials) {
      signsFor = { credentials, sign: signerFor(address, credentials) }
    }
    return signsFor.sign
  }

  /** Notes the service's clock. If our clock is off, every signature is wrong. */
  function noteClock(date: string | undefined): void {
    const skew = date === undefined ? Number.NaN : Date.parse(date) - Date.now()
    if (Math.abs(skew - clockOffset) > MOST_SKEW) clockOffset = skew
  }
}
