/** The keys that a run is to read, by replica: each key once. */
import type { KeyText } from '../item/key.ts'
import { keysGiven, keysIn, type ListedFor } from './key-lines.ts'
import { KeySet } from './key-set.ts'

export interface KeysToRead {
  readonly given: readonly string[]
  readonly file: string | undefined
}

/**
 * @param flag how the user knows the option of single keys
 * @throws TablesyncError with code `USAGE` where a key is none of these tables
 */
export async function listKeys(
  { given, file }: KeysToRead,
  of: ListedFor,
  flag: string,
): Promise<ReadonlyMap<string, readonly KeyText[]>> {
  const all = new KeySet(of.schema)
  const queues = new Map<string, KeyText[]>([...of.replicas.keys()].map((label) => [label, []]))
  const add = (key: KeyText, label: string) => {
    if (all.add({ key, replica: label })) queues.get(label)?.push(key)
  }
  const addListed = ({ key, replica }: { key: KeyText; replica: string | undefined }) => {
    for (const label of replica === undefined ? queues.keys() : [replica]) add(key, label)
  }
  for (const listed of keysGiven(given, of, flag)) addListed(listed)
  if (file !== undefined) for await (const listed of keysIn(file, of)) addListed(listed)
  return queues
}
