/** An incremental export to S3 as `aws s3 sync` brings it, written by the format's documentation. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { WireItem } from 'tablesync'
import { type Teardown, tempFolder } from '../support/command/run-cli.ts'

export interface ChangeOfKey {
  readonly keys: WireItem
  readonly before?: WireItem | undefined
  readonly after?: WireItem | undefined
  /** Seconds since 1970. */
  readonly at?: number
}

export interface ExportToWrite {
  readonly tableId: string
  readonly tableArn?: string
  readonly changes: readonly ChangeOfKey[]
  /** Data files. @default 3 */
  readonly files?: number
  /** Fields of the summary to replace. Undefined: to leave out. */
  readonly summary?: Readonly<Record<string, unknown>>
  readonly checksums?: 'checksum' | 'md5' | 'none'
  /** Where the folder AWSDynamoDB goes. @default a new folder */
  readonly place?: string
}

export interface WrittenExport {
  /** The folder of the export. */
  readonly folder: string
  /** The data files. */
  readonly data: readonly string[]
  readonly arn: string
  readonly tableArn: string
}

const ID = '01695097218000-d6299cbd'
export const TABLE_ARN = 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders'
export const WINDOW = { from: '2026-11-30T08:00:00.000Z', to: '2026-11-30T09:00:00.000Z' }
const IN_WINDOW = Date.parse('2026-11-30T08:30:00.000Z') / 1000

const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest('base64')

export async function writeExport(
  t: Teardown,
  { tableId, tableArn = TABLE_ARN, changes, files = 3, ...more }: ExportToWrite,
): Promise<WrittenExport> {
  const root = join(more.place ?? (await tempFolder(t)), 'AWSDynamoDB')
  const folder = join(root, ID)
  await mkdir(folder, { recursive: true })
  await mkdir(join(root, 'data'))
  const arn = `${tableArn}/export/${ID}`
  const parts = Array.from({ length: files }, (_, part) =>
    changes.filter((_, index) => index % files === part),
  )
  const named = parts.map((ofFile, part) => {
    const bytes = gzipSync(ofFile.map((change) => `${lineOf(change)}\n`).join(''))
    return { name: `part-${part}.json.gz`, bytes, items: ofFile.length }
  })
  await Promise.all(named.map(({ name, bytes }) => writeFile(join(root, 'data', name), bytes)))
  const manifest = named
    .map(({ name, bytes, items }) => ({
      itemCount: items,
      md5Checksum: md5(bytes),
      etag: 'af83d6f217c19b8b0fff8023d8ca4716-1',
      dataFileS3Key: `backups/AWSDynamoDB/data/${name}`,
    }))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')
  const summary = JSON.stringify({
    version: '2023-08-01',
    exportArn: arn,
    startTime: '2026-11-30T10:00:00.000Z',
    endTime: '2026-11-30T10:05:00.000Z',
    tableArn,
    tableId,
    exportFromTime: WINDOW.from,
    exportToTime: WINDOW.to,
    s3Bucket: 'backups-of-orders',
    s3Prefix: 'backups',
    s3SseAlgorithm: 'AES256',
    s3SseKmsKeyId: null,
    manifestFilesS3Key: `backups/AWSDynamoDB/${ID}/manifest-files.json`,
    billedSizeBytes: 1000,
    itemCount: changes.length,
    outputFormat: 'DYNAMODB_JSON',
    outputView: 'NEW_AND_OLD_IMAGES',
    exportType: 'INCREMENTAL_EXPORT',
    ...more.summary,
  })
  for (const [name, text] of [
    ['manifest-files', manifest],
    ['manifest-summary', summary],
  ] as const) {
    await writeFile(join(folder, `${name}.json`), text)
    const { checksums = 'checksum' } = more
    if (checksums !== 'none') await writeFile(join(folder, `${name}.${checksums}`), md5(text))
  }
  return { folder, arn, tableArn, data: named.map(({ name }) => join(root, 'data', name)) }
}

function lineOf({ keys, before, after, at = IN_WINDOW }: ChangeOfKey): string {
  return JSON.stringify({
    Metadata: { WriteTimestampMicros: { N: String(at * 1e6) } },
    Keys: keys,
    ...(before !== undefined && { OldImage: before }),
    ...(after !== undefined && { NewImage: after }),
  })
}
