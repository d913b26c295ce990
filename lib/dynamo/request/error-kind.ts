import type { ErrorCode, ErrorScope } from '../../errors.ts'

/** How tablesync classifies a failure, and what the user can do about it. */
export interface FailureKind {
  readonly code: ErrorCode
  readonly scope: ErrorScope
  readonly hint?: string
}
