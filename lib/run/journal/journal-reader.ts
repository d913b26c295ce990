/** Reads an undo journal back. */
import type { TablesyncError } from '../../errors.ts'
import {
  type CheckedFile,
  damaged,
  type FileEnd,
  readOwnHeader,
  valuesOf,
} from '../../files/lines/checked-file.ts'
import type { GoodLines } from '../../model/files/file-mark.ts'
import {
  JOURNAL,
  type JournalEntry,
  type JournalHeader,
  type JournalRefusal,
} from '../../model/files/journal-lines.ts'

export interface JournalLines {
  /** In the order of the writes; read from the file anew each time. */
  entries(): AsyncGenerator<JournalEntry | JournalRefusal>
  /** Of the entries read last. */
  end(): JournalEnd
  /** What a run that goes on writes behind. Known once all entries were read. */
  good(): GoodLines
  readonly header: JournalHeader
  readonly file: string
}

export interface JournalEnd {
  /** Whether there is a torn line behind them. */
  readonly isTorn: boolean
  /** Whether the run has ended that wrote them, or it is of version 1, where nothing says so. */
  readonly isEnded: boolean
  /** Why there are no more of them. */
  readonly damage: TablesyncError | undefined
}

export interface JournalReading {
  /** What can be done where a line is damaged. */
  readonly damageHint?: string
  /** Whether the entries end where a line is damaged, and nothing is thrown. */
  readonly endsAtDamage?: boolean
}

/** @throws TablesyncError with code `USAGE` where the file is no journal, or is damaged */
export async function readJournal(
  file: string,
  { endsAtDamage = false, ...hint }: JournalReading = {},
): Promise<JournalLines> {
  const of: CheckedFile = { ...JOURNAL, file, ...hint }
  const header = (await readOwnHeader(of, 'undo-journal')) as JournalHeader
  let end: FileEnd | undefined
  const onEnd = (known: FileEnd) => {
    end = known
  }
  const ended = () => {
    if (end === undefined) throw new Error('the journal was not read to its end')
    return end
  }
  return {
    file,
    header,
    good: () => ended().good,
    end() {
      const { footer, isTorn, damage } = ended()
      return { isTorn, damage, isEnded: footer !== undefined || header.version === 1 }
    },
    async *entries() {
      for await (const { value, number } of valuesOf(of, { onEnd, endsAtDamage })) {
        const entry = value as JournalEntry | JournalRefusal
        if (!Object.hasOwn(header.tables, entry.replica)) throw damaged(of, number)
        yield entry
      }
    },
  }
}
