/** What has to be settled before a write is sent: it is on record, and a deletion still has its reasons. */
import { asTablesyncError, type TablesyncError } from '../../errors.ts'
import type { DurableLines } from '../../files/lines/durable-lines.ts'
import { MASTER } from '../../model/tables/table.ts'
import type { AboutToWrite } from '../../protocol/messages.ts'
import type { WriteAheadLog } from '../state/write-ahead-log.ts'
import type { TableWatch } from '../tables/table-watch.ts'

export interface BeforeWriting {
  readonly writeLog: WriteAheadLog
  readonly journal: DurableLines | undefined
  readonly tableWatch: TableWatch
}

/**
 * A deletion is about to be sent when both sides have been read: what the tables are asked after that
 * is true of what was read.
 *
 * @param onUnrecorded called where the writes cannot be put on record
 * @throws TablesyncError where the writes are not to be sent
 */
export async function settleBeforeWriting(
  { writeLog, journal, tableWatch }: BeforeWriting,
  writes: readonly AboutToWrite[],
  onUnrecorded: (error: TablesyncError) => void,
): Promise<void> {
  const lines = writes.flatMap(({ line }) => line ?? [])
  const recorded = Promise.all([
    writeLog.add(writes.flatMap((write) => write.intents ?? [])),
    writeLog.withdraw(writes.flatMap(({ withdrawn }) => withdrawn ?? [])),
    lines.length > 0 ? journal?.append(lines) : undefined,
  ]).catch((error: unknown) => {
    onUnrecorded(asTablesyncError(error))
    throw error
  })
  const replicas = new Set(writes.flatMap(({ deletesFrom }) => deletesFrom ?? []))
  const confirmed = replicas.size > 0 ? tableWatch.confirm([MASTER, ...replicas]) : undefined
  await Promise.all([recorded, confirmed])
}
