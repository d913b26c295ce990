/** Reads checked lines one by one: what each line says, and whether it follows the line before. */
import type { TablesyncError } from '../../errors.ts'
import type { GoodLines } from '../../model/files/file-mark.ts'
import { type LineChain, NO_LINES } from '../../model/files/line-chain.ts'
import { contentOf, continues, isLinked, withLine } from './chained-line.ts'
import { readCheckedLine } from './checked-line.ts'
import type { FileLine } from './read-lines.ts'

export interface Refusals {
  /** The line is not whole. */
  readonly torn: (number: number) => TablesyncError
  /** The line is whole, but does not follow the line before it. */
  readonly broken: (number: number) => TablesyncError
}

export class LineReader {
  readonly #refuse: Refusals
  #number = 0
  #torn: number | undefined
  #footer: object | undefined
  /** Undefined: the lines have version 1 and are not chained. */
  #chain: LineChain | undefined
  #good: GoodLines = { bytes: 0, chain: undefined }

  constructor(refuse: Refusals) {
    this.#refuse = refuse
  }

  /** The number of the line that was read last; the first is 1. */
  get number(): number {
    return this.#number
  }

  /**
   * The content of the line. Undefined: the line is the header, the footer, or torn.
   *
   * @throws the errors that `Refusals` makes
   */
  read({ text, isEnded }: FileLine): object | undefined {
    const number = this.#number + 1
    if (this.#torn !== undefined) throw this.#refuse.torn(this.#torn)
    this.#number = number
    const value = readCheckedLine(text) as object | undefined
    if (value === undefined) {
      this.#torn = number
      return undefined
    }
    if (number === 1 && isLinked(value)) this.#chain = NO_LINES
    const isNext = this.#chain === undefined || continues(this.#chain, value)
    // A run that continues a file cuts the footer off, so no line may follow one.
    if (!isNext || this.#footer !== undefined) throw this.#refuse.broken(number)
    this.#chain &&= withLine(this.#chain, text)
    if (Object.hasOwn(value, 'end')) {
      this.#footer = contentOf(value)
      return undefined
    }
    if (isEnded) {
      const bytes = this.#good.bytes + Buffer.byteLength(text) + 1
      this.#good = { bytes, chain: this.#chain }
    }
    return number === 1 ? undefined : contentOf(value)
  }

  end() {
    return { footer: this.#footer, isTorn: this.#torn !== undefined, good: this.#good }
  }
}
