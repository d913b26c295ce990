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

const COPIES = { writes: 'raw-put', reads: 'raw-reads-copies' }
const BATCHES = { writes: 'raw-batch-write', reads: 'raw-reads-copies' }
const UPDATES = { writes: 'raw-update', reads: 'raw-reads-updates' }

export const WRITERS: readonly Writer[] = [
  { name: COPIES.writes, contestant: 'rawPut', repairs: 'copies' },
  { name: BATCHES.writes, contestant: 'rawBatchWrite', repairs: 'copies' },
  { name: UPDATES.writes, contestant: 'rawUpdate', repairs: 'updates' },
  { name: COPIES.reads, contestant: 'rawRead', repairs: 'copies' },
  { name: UPDATES.reads, contestant: 'rawRead', repairs: 'updates' },
  { name: 'sdk-script', contestant: 'sdkScript', repairs: 'copies', floor: COPIES },
  {
    name: 'copies',
    contestant: 'tablesync',
    repairs: 'copies',
    options: { writeMissing: true },
    floor: COPIES,
  },
  {
    name: 'copies-quiesced',
    contestant: 'tablesync',
    repairs: 'copies',
    options: { writeMissing: true, quiesced: true },
    floor: BATCHES,
  },
  {
    name: 'updates',
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

/** The writers of these names, and those that they are compared with. All without names. */
export function chosenWriters(names: readonly string[] | undefined): readonly Writer[] {
  if (names === undefined) return WRITERS
  const chosen = names.map((name) => {
    const found = WRITERS.find((each) => each.name === name)
    if (found === undefined) {
      throw new Error(`no writer ${name}; there are ${WRITERS.map((each) => each.name).join(', ')}`)
    }
    return found
  })
  const wanted = chosen.flatMap(({ name, floor }) => [name, floor?.writes, floor?.reads])
  return WRITERS.filter(({ name }) => wanted.includes(name))
}
