/**
 * For work that is mostly done when the call returns: undefined then, which saves a million awaits.
 */
export type MaybePromise = Promise<void> | undefined

/** The same for work that may have a result. */
export type MaybeValue<T> = Promise<T | undefined> | undefined
