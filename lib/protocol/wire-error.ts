/**
 * Errors as plain data. Structured cloning keeps an error's message and loses
 * its class, name and own fields, so errors cross threads spelt out.
 */
import { asTablesyncError, type ErrorCode, type ErrorScope, TablesyncError } from '../errors.ts'

export interface WireError {
  readonly message: string
  readonly code: ErrorCode
  readonly scope: ErrorScope
  readonly hint?: string
  readonly table?: number
  /** Absent for errors raised on purpose: their message says it all. */
  readonly stack?: string
}

export function toWire(error: unknown): WireError {
  const { message, code, scope, hint, table, cause } = asTablesyncError(error)
  const stack = code === 'INTERNAL' && cause instanceof Error ? cause.stack : undefined
  return {
    message,
    code,
    scope,
    ...(hint !== undefined && { hint }),
    ...(table !== undefined && { table }),
    ...(stack !== undefined && { stack }),
  }
}

export function fromWire({ message, stack, ...detail }: WireError): TablesyncError {
  return new TablesyncError(message, { ...detail, cause: stack })
}
