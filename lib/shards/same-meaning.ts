/** A machine whose files mean something else than those of the machine that planned the run. */
import { usageError } from '../errors.ts'
import type { ShardRun } from '../model/files/shard-files.ts'
import type { Spelling } from '../options/option.ts'

/** @throws TablesyncError with code `USAGE` */
export function refuseOtherMeaning(
  { meaning: then, hooks }: ShardRun,
  now: { readonly meaning: ShardRun['meaning']; readonly hooks: string | undefined },
  spelling: Spelling,
): void {
  const plain = JSON.parse(JSON.stringify(now.meaning)) as ShardRun['meaning']
  const names = [...new Set([...Object.keys(then), ...Object.keys(plain)])]
  const changed = names.find((name) => JSON.stringify(then[name]) !== JSON.stringify(plain[name]))
  const other = changed ?? (hooks === now.hooks ? undefined : 'hooks')
  if (other === undefined) return
  throw usageError(
    `Expected \`${spelling(other)}\` to mean here what it meant where the run was planned, got something else`,
    'Put the same files on all machines, or plan the run anew.',
  )
}
