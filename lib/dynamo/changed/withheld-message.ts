/** Errors of the master's reads without what the service or the engine says: that may quote values. */
import { TablesyncError } from '../../errors.ts'

/** Their messages are ours, or name tables, roles and sockets alone. */
const OURS: readonly TablesyncError['code'][] = [
  'ENDED',
  'UNREACHABLE',
  'TABLE_SILENT',
  'CREDENTIALS',
  'ACCESS_DENIED',
  'THROTTLED',
  'TABLE_NOT_FOUND',
  'USAGE',
]

export function withoutMessage(error: unknown): unknown {
  if (error instanceof TablesyncError && OURS.includes(error.code)) return error
  const known = error instanceof TablesyncError ? error : undefined
  const { code = 'INTERNAL', scope = 'run', hint, table } = known ?? {}
  const name = (known?.cause as Error | undefined)?.name ?? (error as Error).name
  return new TablesyncError(
    `a read of the master failed (${/^\w+$/.test(name) ? name : code}); its message is withheld, since it may quote values`,
    { code, scope, hint, table },
  )
}
