/** Waits for all of several jobs, and then fails as the first of them that failed. */
import type { MaybeValue } from './maybe-promise.ts'

/**
 * `Promise.all` settles with the first failure while the other jobs go on unobserved: what they
 * write would be missing from every count.
 */
export async function settleAll(jobs: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(jobs)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/**
 * Calls `end` for each of several, and waits for those that take time. Returns their results, and
 * fails as the first that failed.
 */
export async function settleEach<Each, T>(
  all: readonly Each[],
  end: (each: Each) => MaybeValue<T>,
): Promise<T[]> {
  const came: T[] = []
  const jobs: Promise<void>[] = []
  for (const each of all) {
    const coming = endingOf(each, end)
    if (coming === undefined) continue
    jobs.push(
      coming.then((it) => {
        if (it !== undefined) came.push(it)
      }),
    )
  }
  await settleAll(jobs)
  return came
}

/** A job that throws at once fails like one that rejects: the others still run. */
function endingOf<Each, T>(each: Each, end: (each: Each) => MaybeValue<T>): MaybeValue<T> {
  try {
    return end(each)
  } catch (error) {
    return Promise.reject(error)
  }
}
