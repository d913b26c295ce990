/** The commands of the engine's copy, and where files and tables are. */
import type { ApplyOptions, RunOptions, Summary, UndoOptions } from 'tablesync'
import type { Caller } from '../../lib/commands/caller.ts'
import type { Spelling } from '../../lib/options/option.ts'
import { threadFilesIn } from '../../lib/run/threads/thread-files.ts'
import { ENGINE } from './current.ts'

type Command<Options> = (options: Options, caller: Caller) => Promise<Summary>

const engine = (name: string) =>
  import(new URL(`../../${ENGINE}/lib/${name}.js`, import.meta.url).href)

async function command<Options>(name: 'sync' | 'apply' | 'undo') {
  const { [name]: carryOut } = (await engine(`commands/${name}`)) as Record<
    string,
    Command<Options>
  >
  // It has no thread files: the pool is replaced.
  const threads = threadFilesIn(new URL(import.meta.url))
  const packageFile = new URL('../../../package.json', import.meta.url)
  return (options: Options, spelling: Spelling) =>
    (carryOut as Command<Options>)(options, { spelling, threads, packageFile })
}

export const sync = await command<RunOptions>('sync')
export const apply = await command<ApplyOptions>('apply')
export const undo = await command<UndoOptions>('undo')
// Otherwise the first run would load this, at an arbitrary time.
await engine('run/tables/table-inspection')

export const CHECKPOINT = '/sim/checkpoint.json'
export const REPORT = '/sim/report.ndjson'
export const JOURNAL = '/sim/undo.ndjson'

/** Hours of virtual time: no run takes that long. */
export const LIMIT = 4 * 3_600_000

export const REACH = {
  master: 'x:master',
  replicas: ['x:replica'],
  endpoint: 'http://127.0.0.1:1',
}

/** Replicas as the run names them. */
export const replicasOf = ({ other }: { readonly other?: unknown }): string[] =>
  other === undefined ? ['x:replica'] : ['x:replica', 'x:other']
