/**
 * Every error tablesync raises on purpose: what happened (`code`), how much of
 * the work it ends (`scope`) and how to mend it (`hint`).
 */
import { redacted } from './model/redaction.ts'

export type ErrorCode =
  /** An option is missing, malformed or contradicts another. */
  | 'USAGE'
  | 'TABLE_NOT_FOUND'
  /** It is there, and cannot be read or written now: its status says why. */
  | 'TABLE_NOT_READY'
  /** Key names or key types of master and replica differ. */
  | 'KEY_SCHEMA_MISMATCH'
  /** A journal was written for another table, or for one that was re-created since. */
  | 'TABLE_CHANGED'
  /** Master and replica, or two replicas, are one table. */
  | 'SAME_TABLE'
  | 'CREDENTIALS'
  | 'ACCESS_DENIED'
  /** Throttled for longer than the retries last. */
  | 'THROTTLED'
  /** No connection, or one that breaks time after time. */
  | 'UNREACHABLE'
  /** The table answered nothing for as long as silence is allowed. */
  | 'TABLE_SILENT'
  /** A response that is no DynamoDB response, or whose checksum is wrong. */
  | 'BAD_RESPONSE'
  /** An engine tells number keys apart that are one key to DynamoDB. */
  | 'KEY_SPELLING'
  /** The service refused a request for another reason. */
  | 'SERVICE'
  /** An item is left as it is, since the replica's may be the newer one. */
  | 'CONFLICT'
  /** A hook threw, or gave an answer that it may not give. Its item is left as it is. */
  | 'HOOK_FAILED'
  | 'FILE_UNWRITABLE'
  | 'WORKER_DIED'
  /** The run is to end: what waited to be sent was not. Ends its task, and is told to nobody. */
  | 'ENDED'
  /** A task made no progress for as long as it may stand still. */
  | 'STALLED'
  /** A fault of tablesync's own; what it means for the data is unknown. */
  | 'INTERNAL'

/** How much of the work an error ends. `table`: all work with that one table. */
export type ErrorScope = 'item' | 'segment' | 'table' | 'run'

export interface ErrorDetail {
  readonly code: ErrorCode
  readonly scope: ErrorScope
  /** What the user can do about it. Absent: nothing beyond what the message says. */
  readonly hint?: string | undefined
  /** Index of the table at fault, the master being 0. Absent: none in particular. */
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
    // It may repeat what a user or a service has said.
    super(redacted(message), cause === undefined ? undefined : { cause })
    this.code = code
    this.scope = scope
    this.hint = hint && redacted(hint)
    this.table = table
  }
}

/** A refusal of what the user gave: expectation, what came, how to mend it. */
export function usageError(message: string, hint?: string): TablesyncError {
  return new TablesyncError(message, { code: 'USAGE', scope: 'run', hint })
}

/** Makes any thrown value one of ours; the unforeseen becomes `INTERNAL`. */
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
