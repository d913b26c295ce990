/** Of what is mostly done when it returns: undefined where it is, so that nobody waits for nothing, a million times. */
export type MaybePromise = Promise<void> | undefined

/** The same, of what may come to something. */
export type MaybeValue<T> = Promise<T | undefined> | undefined
