/** What the repair benchmark measures. */
import type { Contestant } from '../contestants/job.ts'
import type { GeneratedTable } from '../tables/generated-table.ts'

export interface Writer {
  readonly name: string
  readonly contestant: Contestant
  readonly repairs: 'copies' | 'updates'
  readonly options?: object
  /** The raw writes and the raw reads that it is compared with. Absent: it is one of those. */
  readonly floor?: { readonly writes: string; readonly reads: string }
}

const COPIES = { writes: 'raw PutItem', reads: 'raw reads, copies' }
const BATCHES = { writes: 'raw BatchWriteItem', reads: 'raw reads, copies' }
const UPDATES = { writes: 'raw UpdateItem', reads: 'raw reads, updates' }

export const WRITERS: readonly Writer[] = [
  { name: COPIES.writes, contestant: 'rawPut', repairs: 'copies' },
  { name: BATCHES.writes, contestant: 'rawBatchWrite', repairs: 'copies' },
  { name: UPDATES.writes, contestant: 'rawUpdate', repairs: 'updates' },
  { name: COPIES.reads, contestant: 'rawRead', repairs: 'copies' },
  { name: UPDATES.reads, contestant: 'rawRead', repairs: 'updates' },
  { name: 'sdk script', contestant: 'sdkScript', repairs: 'copies', floor: COPIES },
  {
    name: 'tablesync, copies',
    contestant: 'tablesync',
    repairs: 'copies',
    options: { writeMissing: true },
    floor: COPIES,
  },
  {
    name: 'tablesync, copies, quiesced',
    contestant: 'tablesync',
    repairs: 'copies',
    options: { writeMissing: true, quiesced: true },
    floor: BATCHES,
  },
  {
    name: 'tablesync, updates',
    contestant: 'tablesync',
    repairs: 'updates',
    options: { writeDiffering: true },
    floor: UPDATES,
  },
]

const BYTES = 300

/** One in ten differs where items are updated. */
const UPDATED_PER_MILLION = 100_000
const MILLION = 1_000_000

/** Tables whose repair takes about so many writes. */
export function tablesFor(
  { repairs }: Writer,
  { writes, instance, seed }: { writes: number; instance: number; seed: number },
): { readonly master: GeneratedTable; readonly replica: GeneratedTable } {
  const items = repairs === 'copies' ? writes : (writes * MILLION) / UPDATED_PER_MILLION
  const master = { variant: 'base', items, bytes: BYTES, seed, instance } as const
  if (repairs === 'copies') return { master, replica: { ...master, variant: 'empty' } }
  const drift = { perMillion: UPDATED_PER_MILLION, kinds: ['differing'] as const }
  return { master, replica: { ...master, variant: 'drift', ...drift } }
}
