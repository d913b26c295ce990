/** One replica in one segment, by the strategy of the run. */
import type { CompareTask } from '../protocol/messages.ts'
import { findExtras, itemsOf, lookUpOnReplica } from './by-key.ts'
import type { Investigation } from './investigation.ts'
import { march } from './march.ts'
import type { NextPage } from './pages.ts'
import { Suspects } from './suspects.ts'

/** What a comparison goes along: pages, the word to end, and whom to tell how far it is. */
export interface Stride {
  readonly nextMasterPage: NextPage
  /** Begins to read the replica's pages, after a key where one is given. */
  readonly replicaPages: (after?: string) => NextPage
  /** Asked between pages. */
  readonly isOver: () => boolean
  /** Called between the master's pages, with what would settle all that was taken of them. */
  readonly onSettled: (settle: () => Promise<void>) => Promise<void>
  readonly onOrdersDiffer: () => void
}

export async function compareReplica(
  task: CompareTask,
  investigation: Investigation,
  stride: Stride,
): Promise<void> {
  const suspects = new Suspects(investigation)
  try {
    await compareWith(suspects, task, investigation, stride)
    await suspects.settle()
  } finally {
    // A write that is under way when something fails is still counted.
    await suspects.drain()
  }
}

async function compareWith(
  suspects: Suspects,
  ...[task, investigation, stride]: Parameters<typeof compareReplica>
): Promise<void> {
  const onSettledPage = () => stride.onSettled(() => suspects.flush())

  if (task.byLookup.includes(investigation.replica)) {
    await lookUpAll()
    if (task.findExtras) await findAllExtras(stride.replicaPages())
  } else {
    const nextReplicaPage = stride.replicaPages(task.startingKey)
    const marched = await march(investigation, suspects, {
      nextOf: { master: stride.nextMasterPage, replica: nextReplicaPage },
      mayGoOver: task.mayGoOver,
      isOver: stride.isOver,
      onSettledPage,
    })
    if (marched.end === 'orders-differ') {
      stride.onOrdersDiffer()
      await lookUpOnReplica(investigation, suspects, marched.unmatched.master)
      await lookUpAll()
      if (investigation.findExtras) {
        await findExtras(investigation, suspects, marched.unmatched.replica)
        await findAllExtras(nextReplicaPage)
      } else {
        investigation.tally.elsewhere += marched.unmatched.replica.length
      }
    }
    if (task.findExtras && !investigation.findExtras) await findAllExtras(stride.replicaPages())
  }

  async function lookUpAll(): Promise<void> {
    for (;;) {
      const page = stride.isOver() ? undefined : await stride.nextMasterPage()
      if (page === undefined) return
      await lookUpOnReplica(investigation, suspects, itemsOf(page))
      await onSettledPage()
    }
  }

  async function findAllExtras(next: NextPage): Promise<void> {
    for (;;) {
      const page = stride.isOver() ? undefined : await next()
      if (page === undefined) return
      await findExtras(investigation, suspects, itemsOf(page))
    }
  }
}
