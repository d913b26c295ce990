/**
 * Keys that a run until in sync has repaired. What it has repaired twice and finds different again,
 * somebody else keeps writing.
 */
import { hash } from 'node:crypto'
import type { Difference } from '../../model/difference.ts'
import type { Stop } from '../../model/safeguard.ts'
import type { KeySchema } from '../../model/tables/table.ts'
import { KeySet } from '../../selection/key-set.ts'
import { NumberSet } from './number-set.ts'

/** Bytes of a hash that a number holds exactly. */
const HASH_BYTES = 6

export class RepairedKeys {
  /**
   * Hashes of keys repaired once: a first pass may fill a table. If two keys have one hash, the
   * first repair of the second counts as its second.
   */
  readonly #once = new NumberSet()
  readonly #twice: KeySet

  constructor(schema: KeySchema) {
    this.#twice = new KeySet(schema)
  }

  /** Notes a difference; yields why to stop, if its key was repaired twice before. */
  note({ replica, key: item, action }: Difference): Stop | undefined {
    const key = JSON.stringify(item)
    if (this.#twice.has(key, replica)) return repeatedRepair(replica, key)
    if (action !== 'written' && action !== 'deleted') return undefined
    const digest = hash('sha1', `${replica} ${key}`, 'buffer').readUIntLE(0, HASH_BYTES)
    if (!this.#once.add(digest)) this.#twice.add({ key, replica })
    return undefined
  }
}

const repeatedRepair = (replica: string, key: string): Stop => ({
  safeguard: 'repeated-repair',
  message: `${replica}: ${key} was repaired twice and differs again`,
  hint: 'Something keeps writing it. Stop that, then run again.',
})
