/** Replaces `@smithy/node-http-handler`: descriptions come from the world of the run. */
import { answerOf } from './answering.ts'

interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export class NodeHttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' }
  readonly #requestTimeout: number

  constructor({ requestTimeout }: { readonly requestTimeout: number }) {
    this.#requestTimeout = requestTimeout
  }

  async handle({ headers, body }: Request, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
    const { statusCode, bytes } = await answerOf(headers, body, this.#requestTimeout, abortSignal)
    return { response: { statusCode, headers: {}, body: bytes } }
  }

  httpHandlerConfigs = () => ({})
  updateHttpClientConfig(): void {}
  destroy(): void {}
}
