/** Of what is mostly done when it returns: undefined where it is, so that nobody waits for nothing, a million times. */
export type Done = Promise<void> | undefined

/** The same, of what may come to something. */
export type Coming<T> = Promise<T | undefined> | undefined
