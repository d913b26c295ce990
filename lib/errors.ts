/**
 * Every error that tablesync raises on purpose: what happened (`code`), how much of the work it
 * ends (`scope`) and how to fix it (`hint`).
 */
import { redacted } from './model/redaction.ts'

export type ErrorCode =
  /** An option is missing, malformed or contradicts another. */
  | 'USAGE'
  | 'TABLE_NOT_FOUND'
  /** The table exists, but cannot be read or written now: its status says why. */
  | 'TABLE_NOT_READY'
  /** Key names or key types of master and replica differ. */
  | 'KEY_SCHEMA_MISMATCH'
  /** A file was written for another table, or somebody deleted or re-created the table since. */
  | 'TABLE_CHANGED'
  /** Master and replica, or two replicas, are the same table. */
  | 'SAME_TABLE'
  | 'CREDENTIALS'
  | 'ACCESS_DENIED'
  /** Still throttled after all retries. */
  | 'THROTTLED'
  /** No connection, or one that breaks again and again. */
  | 'UNREACHABLE'
  /** The table sent nothing for as long as silence is allowed. */
  | 'TABLE_SILENT'
  /** A response that is not a DynamoDB response, or whose checksum is wrong. */
  | 'BAD_RESPONSE'
  /** An engine treats number keys as different that are one key to DynamoDB. */
  | 'KEY_SPELLING'
  /** The rules of `--masks` do not fit an item: it was left. */
  | 'UNMASKED'
  /** Two items of the master become one key of the replica. */
  | 'KEY_COLLISION'
  /** The service refused a request for another reason. */
  | 'SERVICE'
  /** An item was left as it is, because the replica's may be newer. */
  | 'CONFLICT'
  /** A hook threw, or gave an answer that it may not give. Its item was left as it is. */
  | 'HOOK_FAILED'
  | 'FILE_UNWRITABLE'
  | 'WORKER_DIED'
  /** The run is ending: a waiting request was not sent. Ends its task, and is never reported. */
  | 'ENDED'
  /** A task made no progress for as long as it may stand still. */
  | 'STALLED'
  /** A fault of tablesync itself; what it means for the data is unknown. */
  | 'INTERNAL'

/** How much of the work an error ends. `table`: all work with that one table. */
export type ErrorScope = 'item' | 'segment' | 'table' | 'run'

export interface ErrorDetail {
  readonly code: ErrorCode
  readonly scope: ErrorScope
  /** What the user can do about it. Absent: only what the message says. */
  readonly hint?: string | undefined
  /** Index of the table at fault; the master is 0. Absent: no particular table. */
  readonly table?: number | undefined
  readonly cause?: unknown
}

/** Match on `code`, not on the class: the class does not survive a thread boundary. */
export class TablesyncError extends Error {
  readonly code: ErrorCode
  readonly scope: ErrorScope
  readonly hint: string | undefined
  readonly table: number | undefined

  static {
    Object.defineProperty(TablesyncError.prototype, 'name', { value: 'TablesyncError' })
  }

  constructor(message: string, { code, scope, hint, table, cause }: ErrorDetail) {
    // The message may repeat what a user or a service has said.
    super(redacted(message), cause === undefined ? undefined : { cause })
    this.code = code
    this.scope = scope
    this.hint = hint && redacted(hint)
    this.table = table
  }
}

/** A refusal of what the user gave: what was expected, what came, and how to fix it. */
export function usageError(message: string, hint?: string, cause?: unknown): TablesyncError {
  return new TablesyncError(message, { code: 'USAGE', scope: 'run', hint, cause })
}

/** Makes any thrown value a TablesyncError; unforeseen errors become `INTERNAL`. */
export function asTablesyncError(error: unknown): TablesyncError {
  if (error instanceof TablesyncError) return error
  const message = error instanceof Error ? error.message : String(error)
  if ((error as NodeJS.ErrnoException | undefined)?.syscall === 'uv_cwd') {
    return usageError(
      'Expected a working folder, which relative paths begin from; it was removed',
      'Change to a folder that exists, or name files by absolute paths.',
    )
  }
  return new TablesyncError(message, { code: 'INTERNAL', scope: 'run', cause: error })
}
