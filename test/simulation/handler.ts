/** In the place of `@smithy/node-http-handler`: requests go to the world of the run. */
import { Readable } from 'node:stream'
import { isDead, never, whose } from './clock.ts'
import { current } from './current.ts'

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

  async handle(request: Request, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) {
    if (isDead(whose.getStore())) await never()
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const body = JSON.parse(new TextDecoder().decode(request.body))
    let onAbort = () => {}
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' }))
    })
    aborted.catch(() => {})
    abortSignal?.addEventListener('abort', onAbort, { once: true })
    try {
      const answering = current.world.answer(operation, body, this.#requestTimeout)
      const { statusCode, bytes, isCut } = await Promise.race([answering, aborted])
      const stream = operation.startsWith('Describe') ? bytes : isCut ? cut(bytes) : whole(bytes)
      return { response: { statusCode, headers: {}, body: stream } }
    } finally {
      abortSignal?.removeEventListener('abort', onAbort)
    }
  }

  httpHandlerConfigs = () => ({})
  updateHttpClientConfig(): void {}
  destroy(): void {}
}

const whole = (bytes: Buffer) => Readable.from([bytes])

function cut(bytes: Buffer): Readable {
  const half = bytes.subarray(0, bytes.length / 2)
  let isSent = false
  return new Readable({
    read() {
      if (isSent) this.destroy(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
      else this.push(half)
      isSent = true
    },
  })
}
