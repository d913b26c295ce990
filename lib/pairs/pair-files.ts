/** Files of each pair, named by a pattern: `{pair}` stands for the name of the pair. */
import { usageError } from '../errors.ts'

/** Options that name a file which each pair writes. */
export const WRITTEN_BY_PAIRS = [
  ...(['report', 'journal', 'plan', 'checkpoint', 'metricsFile', 'html'] as const),
]

/** Options that name a file which pairs read. */
export const READ_BY_PAIRS = ['control', 'keys', 'exceptKeys', 'masks', 'maskKeyFile'] as const

const PLACE = '{pair}'

type Options = Readonly<Record<string, unknown>>

export const isPerPair = (file: unknown): boolean =>
  typeof file === 'string' && file.includes(PLACE)

/** The same options, with the files of this pair. */
export function filesOfPair<Given extends Options>(options: Given, pair: string): Given {
  const files = WRITTEN_BY_PAIRS.flatMap((name) => {
    const file = options[name]
    return typeof file === 'string' ? [[name, file.replaceAll(PLACE, () => pair)]] : []
  })
  return { ...options, ...Object.fromEntries(files) }
}

/** @throws TablesyncError with code `USAGE` where two pairs would write one file, or standard output */
export function refuseSharedOutput(
  pairs: readonly { readonly name: string; readonly options: Options }[],
  nameOf: (option: string) => string,
): void {
  for (const option of WRITTEN_BY_PAIRS) {
    const seen = new Map<unknown, string>()
    for (const { name, options } of pairs) {
      const file = options[option]
      if (file === undefined) continue
      const other = seen.get(file)
      if (other === undefined && file !== '-') {
        seen.set(file, name)
        continue
      }
      throw usageError(
        `Expected \`${nameOf(option)}\` to be a file of each pair, got "${file}" for ${other === undefined ? 'all' : `${other} and ${name}`}`,
        'Write {pair} in its name, such as out/{pair}.ndjson.',
      )
    }
  }
}
