/** Replaces `node:timers/promises`. */
export function setTimeout(
  delay = 0,
  value?: unknown,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const refuse = () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' }))
    if (signal?.aborted) return refuse()
    const onAbort = () => {
      globalThis.clearTimeout(timer)
      refuse()
    }
    const timer = globalThis.setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve(value)
    }, delay)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
