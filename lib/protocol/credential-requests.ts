/**
 * Gets credentials for the clients of a thread from the main thread, over the port of any task that
 * is running. A client only asks on behalf of a task, so while one waits there is a port to ask on.
 */

import type { HeldCredentials } from '../model/tables/aws-credentials.ts'
import type { TableIndex } from '../model/tables/table.ts'
import type { CredentialAnswer } from './messages.ts'
import { fromWire } from './wire-error.ts'

export type Ask = (table: TableIndex, refused?: string) => void

interface Waiting {
  /** Access key id of the credentials that the table calls expired. */
  readonly refused: string | undefined
  readonly answer: Promise<HeldCredentials>
  readonly resolve: (credentials: HeldCredentials) => void
  readonly reject: (error: Error) => void
}

export class CredentialRequests {
  readonly #ports = new Set<Ask>()
  readonly #waiting = new Map<TableIndex, Waiting>()

  /** Called when a task has begun, and its port can be used. */
  open(ask: Ask): void {
    this.#ports.add(ask)
    for (const [table, { refused }] of this.#waiting) ask(table, refused)
  }

  /** Called when a task has ended. Requests that are still open are sent again on another port. */
  close(ask: Ask): void {
    this.#ports.delete(ask)
    for (const table of this.#waiting.keys()) this.#askAnyone(table)
  }

  get(table: TableIndex, refused?: string): Promise<HeldCredentials> {
    const waiting = this.#waiting.get(table)
    if (waiting !== undefined) return waiting.answer
    let resolve: Waiting['resolve'] = () => {}
    let reject: Waiting['reject'] = () => {}
    const answer = new Promise<HeldCredentials>((yes, no) => {
      resolve = yes
      reject = no
    })
    this.#waiting.set(table, { refused, answer, resolve, reject })
    this.#askAnyone(table)
    return answer
  }

  /** Called when the main thread has answered. An answer that nobody waits for came twice. */
  answer(table: TableIndex, answer: CredentialAnswer): void {
    const waiting = this.#waiting.get(table)
    this.#waiting.delete(table)
    if ('error' in answer) waiting?.reject(fromWire(answer.error))
    else waiting?.resolve(answer.held)
  }

  #askAnyone(table: TableIndex): void {
    const [ask] = this.#ports
    ask?.(table, this.#waiting.get(table)?.refused)
  }
}
