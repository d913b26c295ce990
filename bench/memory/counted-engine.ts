/** tablesync in a copy whose walks are counted: as shipped otherwise. */
import type { Found, Job } from '../contestants/job.ts'
import { copyEngine } from '../engine-copy.ts'

/** Modules whose walks are counted, by what stands in for them. */
const WALKS = {
  'lib/item/bytes/walk.js': 'bench/memory/counted-walks.js',
  'lib/item/kernel/kernel.js': 'bench/memory/counted-walks.js',
}

const FOLDER = 'counted'

/** Makes the copy: once, before a contestant runs it. */
export const copyCountedEngine = () => copyEngine(FOLDER, ['lib', 'workers'], WALKS)

/** Returns what other contestants do; `items` is the number of bytes that were walked. */
export async function countedEngine({ endpoint, master, replica, options }: Job): Promise<Found> {
  const engine = new URL(`../../${FOLDER}/`, import.meta.url)
  const { sync } = (await import(
    new URL('lib/commands/sync.js', engine).href
  )) as typeof import('../../lib/commands/sync.ts')
  const { asProperty } = await import('../../lib/options/option.ts')
  const { threadFilesIn } = await import('../../lib/run/threads/thread-files.ts')
  const summary = await sync(
    { endpoint, master: `local:${master}`, replicas: [`local:${replica}`], ...options },
    {
      spelling: asProperty,
      threads: threadFilesIn(new URL('workers/', engine)),
      packageFile: new URL('../../package.json', engine),
    },
  )
  const { walkedBytes } = await import('./counted-walks.ts')
  return { items: walkedBytes(), summary }
}
