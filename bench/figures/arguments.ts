import { parseArgs } from 'node:util'

/** What a benchmark was asked: numbers by place, flags by name. */
export interface Arguments {
  /** The plain numbers, in order. */
  readonly numbers: readonly number[]
  readonly isJson: boolean
  readonly isTls: boolean
  readonly isLibrary: boolean
  /** Whether to measure four times as many items too. */
  readonly wantsSlopes: boolean
  readonly seed: string | undefined
  readonly items: string | undefined
  /** What to measure. */
  readonly only: readonly string[] | undefined
}

const OPTIONS = {
  json: { type: 'boolean', default: false },
  tls: { type: 'boolean', default: false },
  library: { type: 'boolean', default: false },
  slopes: { type: 'boolean', default: false },
  seed: { type: 'string' },
  items: { type: 'string' },
  only: { type: 'string' },
} as const

/** Ends the process with code 2 if it was asked what no benchmark knows: a series takes minutes. */
export function readArguments(words: readonly string[] = process.argv.slice(2)): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: OPTIONS,
      allowPositionals: true,
    })
    const { json, tls, library, slopes, seed, items, only } = values
    return {
      numbers: positionals.map(wholeNumber),
      isJson: json,
      isTls: tls,
      isLibrary: library,
      wantsSlopes: slopes,
      seed,
      items,
      only: only?.split(','),
    }
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
}

function wholeNumber(word: string): number {
  if (/^\d+$/.test(word)) return Number(word)
  throw new Error(`Expected a whole number, got ${word}`)
}
