/** What all parts of a run work with while it is under way. */
import type { Settings } from '../options/settings.ts'
import type { DeleteQueue } from './delete-queue.ts'
import type { Desk } from './desk.ts'
import type { Tables } from './inspect.ts'
import type { Ledger } from './ledger.ts'
import type { Plan } from './plan.ts'
import type { RecheckQueue } from './recheck-queue.ts'
import type { RestartKeys } from './restart-keys.ts'
import type { RunHooks, Teller } from './teller.ts'

export interface Flight {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
  readonly ledger: Ledger
  readonly desk: Desk
  readonly rechecks: RecheckQueue
  readonly restartKeys: RestartKeys
  readonly teller: Teller
  readonly deletes: DeleteQueue
  readonly hooks: RunHooks
  readonly isOver: () => boolean
}
