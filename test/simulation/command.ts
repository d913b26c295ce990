/** The engine's copy as it is called, and where its files and tables are. */
import type { ApplyOptions, RunOptions, Summary, UndoOptions } from 'tablesync'
import type { Spelling } from '../../lib/options/check.ts'
import { ENGINE } from './current.ts'

type Command<Options> = (options: Options, spelling: Spelling) => Promise<Summary>

const engine = (name: string) =>
  import(new URL(`../../${ENGINE}/lib/${name}.js`, import.meta.url).href)
export const { sync } = (await engine('sync')) as { sync: Command<RunOptions> }
export const { apply } = (await engine('apply')) as { apply: Command<ApplyOptions> }
export const { undo } = (await engine('undo')) as { undo: Command<UndoOptions> }
// Loaded by the first run otherwise, at a time of its own.
await engine('run/inspect')

export const CHECKPOINT = '/sim/checkpoint.json'
export const REPORT = '/sim/report.ndjson'
export const JOURNAL = '/sim/undo.ndjson'

/** Hours of virtual time: nothing takes so long. */
export const LIMIT = 4 * 3_600_000

export const REACH = {
  master: 'x:master',
  replicas: ['x:replica'],
  endpoint: 'http://127.0.0.1:1',
}

/** As the run names them. */
export const replicasOf = ({ other }: { readonly other?: unknown }): string[] =>
  other === undefined ? ['x:replica'] : ['x:replica', 'x:other']
