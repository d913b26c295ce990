/** The report on standard output: the lines of the file, as soon as there is room for them. */
import { chainedLine, withLine } from '../files/lines/chained-line.ts'
import type { FileHeader } from '../model/files/header-and-footer.ts'
import { NO_LINES } from '../model/files/line-chain.ts'
import type { Bytes } from '../model/units.ts'
import type { Report } from './difference-report.ts'
import { printable } from './printable.ts'

/** The run waits for the reader once this much has gathered. */
const MOST_WAITING: Bytes = 64 << 10

/**
 * If the reader closes its end, the rest of the report is left out: it wanted no more, and a repair
 * must not stop half-way because of that.
 *
 * @param print settles once the text is written, with whether somebody still reads
 * @param onUnread is called once, where nobody does
 */
export function openReportStream(
  print: (text: string) => Promise<boolean>,
  header: FileHeader<'report'>,
  onUnread: () => void,
): Report {
  let chain = NO_LINES
  let waiting: string[] = []
  let gathered = 0
  let isUnread = false
  let failure: { readonly error: unknown } | undefined
  let printing: Promise<void> | undefined
  const printAll = async () => {
    while (waiting.length > 0 && !isUnread) {
      const text = waiting.join('')
      waiting = []
      gathered = 0
      if (await print(text)) continue
      isUnread = true
      onUnread()
    }
  }
  const begin = () => {
    printing ??= printAll()
      .catch((error: unknown) => {
        failure ??= { error }
        isUnread = true
      })
      .finally(() => {
        printing = undefined
      })
  }
  const add = (value: object) => {
    if (isUnread) return
    // It may be read on a terminal.
    const line = chainedLine(chain, printable(JSON.stringify(value)))
    chain = withLine(chain, line)
    waiting.push(`${line}\n`)
    gathered += line.length
    begin()
  }
  const flush = async () => {
    await printing
    if (failure !== undefined) throw failure.error
  }
  add(header)
  return {
    openMode: undefined,
    async write(difference) {
      add(difference)
      if (gathered >= MOST_WAITING || failure !== undefined) await flush()
    },
    flush,
    // A run that may be resumed does not report here.
    mark: async () => undefined,
    async end(footer) {
      add(footer)
      await flush()
    },
    close: async () => printing,
  }
}
