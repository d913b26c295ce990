/** Waits for every one of several jobs, and then fails as the first of them that did. */

/**
 * `Promise.all` settles with the first failure, while the other jobs go on
 * unheeded: what they write would be missing from every count.
 */
export async function allEnded(jobs: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(jobs)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
