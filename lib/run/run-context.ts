/** What all phases of a run share. */
import type { Spill } from '../files/spill.ts'
import type { RunIdentity } from '../model/run-identity.ts'
import type { TableIndex } from '../model/tables/table.ts'
import type { Settings } from '../options/settings.ts'
import type { OpenCheckpoint } from './checkpoint/checkpoint-opening.ts'
import type { Plan } from './preflight/scan-plan.ts'
import type { StandstillWait } from './progress/standstill-wait.ts'
import type { DifferenceSink, RunListeners } from './records/difference-sink.ts'
import type { RunFiles } from './records/run-files.ts'
import type { Canary } from './safeguards/canary.ts'
import type { LimitsOfRun } from './safeguards/shared-limits.ts'
import type { Ledger } from './state/ledger.ts'
import type { RecheckQueue } from './state/recheck-queue.ts'
import type { RestartKeys } from './state/restart-keys.ts'
import type { RunState } from './state/run-state.ts'
import type { SpentBefore } from './state/spent-before.ts'
import type { WriteAheadLog } from './state/write-ahead-log.ts'
import type { Tables } from './tables/table-inspection.ts'
import type { TableWatch } from './tables/table-watch.ts'
import type { ReplicaFailures } from './tasks/replica-failures.ts'
import type { TaskExecutor } from './tasks/task-executor.ts'
import type { ThreadFiles } from './threads/thread-files.ts'

/** All that is decided before a run begins. */
export interface Preparation {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
  readonly threads: ThreadFiles
  /** Part of the summary: a resume of a run that has ended reports that run's identity. */
  readonly identity?: RunIdentity
  /** Undefined: the run keeps no checkpoint. */
  readonly checkpoint?: OpenCheckpoint | undefined
  /** Limits that other runs keep together with this one. Absent: there are none. */
  readonly sharedLimits?: LimitsOfRun | undefined
  /** Of one pass of several. Absent: the run stands alone. */
  readonly pass?: PassPreparation
}

/** What a pass shares with the others of its run. */
export interface PassPreparation {
  readonly isFirst: boolean
  readonly spentBefore: SpentBefore
  /** Opens the files of the run, or yields those that are open; none of them is closed by a pass. */
  readonly openFiles: () => Promise<RunFiles>
}

export interface RunContext {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
  readonly listeners: RunListeners
  readonly state: RunState
  readonly ledger: Ledger
  readonly failures: ReplicaFailures
  readonly executor: TaskExecutor
  readonly rechecks: RecheckQueue
  readonly canary: Canary
  readonly standstill: StandstillWait
  readonly restartKeys: RestartKeys
  readonly sink: DifferenceSink
  readonly deletes: Spill
  readonly writeLog: WriteAheadLog
  readonly tableWatch: TableWatch
  readonly label: (table: TableIndex) => string
  readonly isOver: () => boolean
  readonly sharedLimits: LimitsOfRun | undefined
  /** Undefined: no pass was before this one. */
  readonly spentBefore: SpentBefore | undefined
  /** Pauses the comparison, or lets it go on. */
  readonly hold: (isHeld: boolean) => void
  /** Settles once the checkpoint, if there is one, has all that was committed so far. */
  readonly save: () => Promise<void>
  /** Reports the pace of each table; called after the tables were reported. */
  readonly tellPaces: () => void
}
