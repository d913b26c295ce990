/** The page as a file. The library that draws its charts is loaded here, and not before. */
import { refuseUnreplaceable, replaceFile } from '../files/replaced-file.ts'
import type { NamedFile } from '../files/unwritable.ts'
import type { PageData } from './page-data.ts'

const called = (file: string): NamedFile => ({ file, what: 'the page' })

/** @throws TablesyncError where the page could not be written to this file */
export const refuseUnwritablePage = (file: string): Promise<void> =>
  refuseUnreplaceable(called(file))

/** @throws TablesyncError with code `FILE_UNWRITABLE` */
export async function writePage(file: string, data: PageData): Promise<void> {
  const { pageHtml } = await import('./page-html.ts')
  await replaceFile(called(file), pageHtml(data))
}
