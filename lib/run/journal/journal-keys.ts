/** The entries of a journal by key, a part of the keys at a time: a journal may be larger than memory. */
import { Spill } from '../../files/spill.ts'
import type { JournalEntry, JournalRefusal } from '../../model/files/journal-lines.ts'
import type { UndoKey } from '../../protocol/tasks.ts'
import type { JournalLines } from './journal-reader.ts'

/** A sixty-fourth of a journal is in memory at a time. */
const BUCKETS = 64

/** By the label of their replica. */
export type KeysByReplica = ReadonlyMap<string, readonly UndoKey[]>

export class JournalKeys {
  readonly #buckets = new Spill()
  #writes = 0

  /** Writes of all entries: a refused one was not made. */
  get writes(): number {
    return this.#writes
  }

  /** @throws TablesyncError with code `USAGE` where the journal is damaged */
  async read(journal: JournalLines): Promise<void> {
    for await (const entry of journal.entries()) {
      this.#writes += 'refused' in entry ? -1 : 1
      const bucket = bucketOf(JSON.stringify([entry.replica, entry.key]))
      await this.#buckets.add(bucket, JSON.stringify(entry))
    }
  }

  /** All keys, each once. */
  async *parts(): AsyncGenerator<KeysByReplica> {
    for (let bucket = 0; bucket < BUCKETS; bucket++) yield keysOf(this.#buckets, bucket)
  }

  async close(): Promise<void> {
    await this.#buckets.close()
  }
}

async function keysOf(buckets: Spill, bucket: number): Promise<KeysByReplica> {
  const steps = new Map<string, JournalEntry[]>()
  for await (const texts of buckets.batches(bucket, 1000)) {
    for (const text of texts) {
      const line = JSON.parse(text) as JournalEntry | JournalRefusal
      const name = JSON.stringify([line.replica, line.key])
      const entries = steps.get(name) ?? []
      if ('refused' in line) takeBack(entries, line)
      else entries.push(line)
      steps.set(name, entries)
    }
  }
  const keys = new Map<string, UndoKey[]>()
  for (const entries of steps.values()) {
    const [first] = entries
    if (first === undefined) continue
    const { replica, key } = first
    const ofReplica = keys.get(replica) ?? []
    keys.set(replica, ofReplica)
    ofReplica.push({
      key: JSON.stringify(key),
      steps: entries.map(({ before, left, attempt, begun }) => ({
        ...{ before, left },
        ...(attempt !== undefined && { attempt }),
        ...(begun !== undefined && { begun }),
      })),
    })
  }
  return keys
}

/** A refusal is of the write that the same attempt has noted last. */
function takeBack(entries: JournalEntry[], { attempt }: JournalRefusal): void {
  const at = entries.findLastIndex((entry) => entry.attempt === attempt)
  if (at >= 0) entries.splice(at, 1)
}

function bucketOf(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return (hash >>> 0) % BUCKETS
}
