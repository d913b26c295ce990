/** What a benchmark was asked: numbers by place, flags by name. */
export interface Arguments {
  /** The plain numbers, in order. */
  readonly numbers: readonly number[]
  readonly isJson: boolean
  readonly isTls: boolean
  has(flag: string): boolean
  /** What follows a flag. */
  after(flag: string): string | undefined
}

/** Flags that a value follows. */
const VALUED = new Set(['--seed', '--only', '--items'])

export function readArguments(words: readonly string[] = process.argv.slice(2)): Arguments {
  const isValue = (at: number) => VALUED.has(words[at - 1] ?? '')
  const after = (flag: string) => words[words.indexOf(flag) + 1]
  return {
    numbers: words.filter((word, at) => /^\d+$/.test(word) && !isValue(at)).map(Number),
    isJson: words.includes('--json'),
    isTls: words.includes('--tls'),
    has: (flag) => words.includes(flag),
    after: (flag) => (words.includes(flag) ? after(flag) : undefined),
  }
}
