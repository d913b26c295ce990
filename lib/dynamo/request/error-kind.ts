import type { ErrorCode, ErrorScope } from '../../errors.ts'

/** What a failure is to us, and what the user can do about it. */
export interface FailureKind {
  readonly code: ErrorCode
  readonly scope: ErrorScope
  readonly hint?: string
}
