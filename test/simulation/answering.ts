import type { Cancelling } from '../../lib/http/cancelling.ts'
import { isDead, never, whose } from './clock.ts'
import { current } from './current.ts'
import type { Answer } from './world.ts'

/** How the world answers a request of a process that is still alive. */
export async function answerOf(
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  timeout: number,
  signal?: Cancelling,
): Promise<Answer> {
  if (isDead(whose.getStore())) await never()
  const operation = String(headers['x-amz-target']).split('.')[1] ?? ''
  const asked = JSON.parse(new TextDecoder().decode(body))
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' }))
  })
  aborted.catch(() => {})
  signal?.addEventListener('abort', onAbort)
  try {
    return await Promise.race([current.world.answer(operation, asked, timeout), aborted])
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}
