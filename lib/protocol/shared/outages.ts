/**
 * Which tables do not answer, in shared memory. A thread whose request had no answer notes it here.
 * The main thread then asks the table itself and notes whether it is out of reach. Until that is
 * known, and for as long as the table is out of reach, requests wait.
 */
import type { TableIndex } from '../../model/tables/table.ts'

/** Per table: its state, and how many outages it has had. */
const STATE = 0
const COUNT = 1
const PER_TABLE = 2

const ANSWERS = 0
/** A request had no answer: it is not known yet whether others have one. */
const SUSPECTED = 1
const DOWN = 2
/** The table was down for as long as the run waits. */
const GIVEN_UP = 3

export class Outages {
  readonly #memory: Int32Array

  static memoryFor(tables: number): SharedArrayBuffer {
    return new SharedArrayBuffer(tables * PER_TABLE * Int32Array.BYTES_PER_ELEMENT)
  }

  constructor(memory: SharedArrayBuffer) {
    this.#memory = new Int32Array(memory)
  }

  /** A request had no answer. */
  suspect(table: TableIndex): void {
    this.#change(table, ANSWERS, SUSPECTED)
  }

  /** A request was answered, whatever the answer. */
  answered(table: TableIndex): void {
    if (this.#state(table) === ANSWERS) return
    if (!this.#change(table, SUSPECTED, ANSWERS)) this.#change(table, DOWN, ANSWERS)
  }

  isSuspected(table: TableIndex): boolean {
    return this.#state(table) === SUSPECTED
  }

  isDown(table: TableIndex): boolean {
    return this.#state(table) === DOWN
  }

  /** Whether requests wait for the table, until it answers or is found down. */
  isOpen(table: TableIndex): boolean {
    return this.isSuspected(table) || this.isDown(table)
  }

  isGivenUp(table: TableIndex): boolean {
    return this.#state(table) === GIVEN_UP
  }

  /** Outages so far, including one that goes on. */
  count(table: TableIndex): number {
    return Atomics.load(this.#memory, table * PER_TABLE + COUNT)
  }

  /** The table is out of reach. False: it has answered a request in the meantime. */
  begin(table: TableIndex): boolean {
    const hasBegun = this.#change(table, SUSPECTED, DOWN)
    if (hasBegun) Atomics.add(this.#memory, table * PER_TABLE + COUNT, 1)
    return hasBegun
  }

  /** From here on, requests do not wait for the table. */
  giveUp(table: TableIndex): void {
    this.#change(table, DOWN, GIVEN_UP)
  }

  #state(table: TableIndex): number {
    return Atomics.load(this.#memory, table * PER_TABLE + STATE)
  }

  #change(table: TableIndex, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#memory, table * PER_TABLE + STATE, from, to) === from
  }
}
