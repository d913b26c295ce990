/** Replaces `lib/http/connection-pool.ts`: requests for items go to the world of the run. */
import type { Connections } from '../../lib/http/connection-pool.ts'
import { ownBody } from '../../lib/item/bytes/response-body.ts'
import { answerOf } from './answering.ts'

export function openConnections(
  _address: unknown,
  { responseTimeout, onHeard }: { readonly responseTimeout: number; onHeard(): void },
): Connections {
  return {
    async post(headers, body, signal) {
      const { statusCode, bytes, isCut } = await answerOf(headers, body, responseTimeout, signal)
      onHeard()
      if (isCut) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
      // As if a checksum had been verified. A body that is given back is overwritten, as in
      // reality.
      const lent = { ...ownBody(bytes), giveBack: () => void bytes.fill('x') }
      return { statusCode, headers: {}, body: lent }
    },
    close() {},
  }
}
