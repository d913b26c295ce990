/**
 * The manifest of an incremental export to S3, in a local folder as `aws s3 sync` brings it. The
 * developer guide shows both of its files under "DynamoDB table export output format".
 */
import { basename, join } from 'node:path'
import { usageError } from '../errors.ts'
import { md5OfText } from '../files/file-digests.ts'
import { readRegularFile } from '../files/regular-file.ts'
import type { ExportOfTable } from '../model/results/reverted-export.ts'
import { refuseUnfit } from './unfit-export.ts'

export interface ExportManifest {
  readonly of: ExportOfTable
  readonly tableId: string
  /** Lines of all data files. */
  readonly items: number
  readonly files: readonly ListedFile[]
}

/** A data file, as the manifest names it. */
export interface ListedFile {
  /** Its name in the bucket. */
  readonly s3Key: string
  readonly items: number
  /** In base64. */
  readonly md5: string
}

export const SUMMARY = 'manifest-summary.json'
export const FILES = 'manifest-files.json'

/**
 * @param folder the folder of the export, named like its id
 * @throws TablesyncError with code `USAGE` where the manifest is missing, damaged, or of an export
 * that cannot be taken back
 */
export async function readManifest(folder: string): Promise<ExportManifest> {
  const summary = object(await textOf(folder, SUMMARY), join(folder, SUMMARY))
  refuseUnfit(summary)
  const text = (name: string) => {
    const value = summary[name]
    if (typeof value === 'string' && value !== '') return value
    throw lacking(join(folder, SUMMARY), name)
  }
  const of: ExportOfTable = {
    arn: text('exportArn'),
    tableArn: text('tableArn'),
    from: text('exportFromTime'),
    to: text('exportToTime'),
  }
  const files = filesOf(await textOf(folder, FILES), join(folder, FILES))
  const items = files.reduce((sum, file) => sum + file.items, 0)
  const { itemCount } = summary
  if (!Number.isSafeInteger(itemCount)) throw lacking(join(folder, SUMMARY), 'itemCount')
  if (items !== itemCount) {
    throw usageError(
      `Expected the files of ${join(folder, FILES)} to have the ${itemCount} items of the summary, got ${items}`,
      AGAIN,
    )
  }
  return { of, tableId: text('tableId'), items, files }
}

function filesOf(text: string, place: string): ListedFile[] {
  const lines = text.split('\n').filter((line) => line !== '')
  const names = new Set<string>()
  return lines.map((line, index) => {
    const at = `line ${index + 1} of ${place}`
    const { dataFileS3Key: s3Key, itemCount: items, md5Checksum: md5 } = object(line, at)
    if (typeof s3Key !== 'string' || s3Key === '') throw lacking(at, 'dataFileS3Key')
    // Exports have one line for each key, so no file may be read twice.
    if (names.has(basename(s3Key))) {
      throw usageError(
        `Expected ${at} to name another file than the lines before, got ${s3Key}`,
        AGAIN,
      )
    }
    names.add(basename(s3Key))
    if (!Number.isSafeInteger(items) || (items as number) < 0) throw lacking(at, 'itemCount')
    if (typeof md5 !== 'string' || md5 === '') throw lacking(at, 'md5Checksum')
    return { s3Key, items: items as number, md5 }
  })
}

/** Of a file of the manifest, once it agrees with the checksum beside it. */
async function textOf(folder: string, name: string): Promise<string> {
  const file = join(folder, name)
  const text = await readRegularFile(file).catch((error: Error) => {
    throw usageError(
      `Cannot read ${file}: ${error.message}`,
      'Name the folder of one export, which holds its two manifests: for example AWSDynamoDB/01695097218000-d6299cbd.',
    )
  })
  const sum = await checksumBeside(folder, name)
  if (sum === undefined || sum === md5OfText(text)) return text
  throw usageError(
    `Expected ${file} to have the checksum that stands beside it; it was changed since it was written`,
    AGAIN,
  )
}

/** In base64. The developer guide names it `.checksum`; some exports have `.md5`. */
async function checksumBeside(folder: string, name: string): Promise<string | undefined> {
  for (const ending of ['.checksum', '.md5']) {
    const file = join(folder, name.replace('.json', ending))
    const text = await readRegularFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw usageError(`Cannot read ${file}: ${error.message}`, AGAIN)
    })
    if (text === undefined) continue
    const sum = text.trim()
    return /^[0-9a-f]{32}$/i.test(sum) ? Buffer.from(sum, 'hex').toString('base64') : sum
  }
  return undefined
}

function object(text: string, place: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {}
  throw usageError(`Expected ${place} to be an object of JSON, got something else`, AGAIN)
}

const lacking = (place: string, field: string) =>
  usageError(`Expected ${place} to have \`${field}\`; it is missing, or not as expected`, AGAIN)

export const AGAIN = 'Bring the export from S3 anew, with `aws s3 sync`. Nothing was done.'
