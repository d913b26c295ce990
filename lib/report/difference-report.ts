/** The report: a line of JSON for each difference, between a header and a footer. */
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { TablesyncError } from '../errors.ts'
import { refuseChanged } from '../files/kept-file.ts'
import { chainedLine, withLine } from '../files/lines/chained-line.ts'
import { refuseOwn } from '../files/own-file.ts'
import { unwritable } from '../files/unwritable.ts'
import type { Difference } from '../model/difference.ts'
import type { ReportMark } from '../model/files/file-mark.ts'
import type { FileFooter, FileHeader } from '../model/files/header-and-footer.ts'
import { NO_LINES } from '../model/files/line-chain.ts'
import type { Bytes } from '../model/units.ts'

export interface Report {
  /** Permissions of the file, if others may read it. Undefined: they may not. */
  readonly openMode: number | undefined
  /** Settles when there is room for more. */
  write(difference: Difference): Promise<void>
  /** Settles when all lines are in the file. */
  flush(): Promise<void>
  /** Settles when all lines are on disk. The mark says what the file then is. Undefined: it is no file. */
  mark(): Promise<ReportMark | undefined>
  /** Appends the footer: the report is complete. Settles when that is on disk. */
  end(footer: FileFooter): Promise<void>
  /** May be called twice. */
  close(): Promise<void>
}

/** Lines are written once this much has gathered. */
const BUFFER: Bytes = 64 << 10

/**
 * Begins a new report, or continues one: cuts off what follows the good part, since the run reports
 * that again. Keys may be personal data, so only the owner may read the file.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE`, or `USAGE` if it is not the report that was
 * begun
 */
export async function openReport(
  file: string,
  header: FileHeader<'report'>,
  good?: ReportMark,
): Promise<Report> {
  if (good !== undefined) await refuseChanged('the report', file, good)
  const handle = await begin(file, good?.bytes).catch((error: unknown) => {
    throw unwritable({ file, what: 'the report' }, error)
  })
  let { bytes, crc, chain }: ReportMark = good ?? { bytes: 0, crc: 0, chain: NO_LINES }
  let lines: string[] = []
  let gathered = 0
  let isOpen = true
  const add = (value: object) => {
    const text = JSON.stringify(value)
    const line = chain === undefined ? text : chainedLine(chain, text)
    chain &&= withLine(chain, line)
    lines.push(`${line}\n`)
    gathered += line.length
  }
  const flush = async () => {
    const text = Buffer.from(lines.join(''))
    lines = []
    gathered = 0
    if (text.length === 0) return
    await handle.appendFile(text)
    bytes += text.length
    crc = crc32(text, crc)
  }
  /** Lines were lost: what is written after them would be taken for all. */
  let torn: TablesyncError | undefined
  const orUnwritable = async <T>(write: () => Promise<T>): Promise<T> => {
    if (torn !== undefined) throw torn
    try {
      return await write()
    } catch (error) {
      torn = unwritable({ file, what: 'the report' }, error)
      throw torn
    }
  }
  if (good === undefined) add(header)
  const { mode, isFile } = await kindOf(handle)
  return {
    openMode: isFile && (mode & OTHERS_READ) !== 0 ? mode & 0o777 : undefined,
    async write(difference) {
      add(difference)
      if (gathered >= BUFFER) await orUnwritable(flush)
    },
    async flush() {
      await orUnwritable(flush)
    },
    async mark() {
      await orUnwritable(flush)
      await orUnwritable(() => handle.datasync())
      return { bytes, crc, ...(chain !== undefined && { chain }) }
    },
    async end(footer) {
      // The writers of a torn report have had the error.
      if (chain === undefined || torn !== undefined) return
      add(footer)
      await orUnwritable(flush)
      // A run that has ended is not resumed: what a crash took would not be written again.
      if (isFile) await orUnwritable(() => handle.datasync())
    },
    async close() {
      if (!isOpen) return
      isOpen = false
      await orUnwritable(flush).finally(() => handle.close())
    },
  }
}

/** Read permission of the group and of all others. */
const OTHERS_READ = 0o044

async function kindOf(handle: FileHandle) {
  const found = await handle.stat()
  return { mode: found.mode, isFile: found.isFile() }
}

async function begin(file: string, goodBytes: Bytes | undefined): Promise<FileHandle> {
  if (goodBytes !== undefined) {
    const before = await open(file, 'r+')
    await before.truncate(goodBytes).finally(() => before.close())
    return open(file, 'a')
  }
  await refuseOwn(file, 'report')
  // The mode is for a new file. An existing one, maybe behind a link, keeps its own mode.
  return open(file, 'w', 0o600)
}
