/** A run of two shards over the tables of a scene, and where its files lie. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { planShards, runShard, type ShardPlanOptions } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { openScene, type Scene } from '../support/scene.ts'
import type { Test } from '../support/tap.ts'

export const QUICK = { workers: 1, retryDelayBase: 1 }
export const SHARDS = 2

/** A dry run, unless the options say otherwise. */
export async function plannedShards(t: Test, options: Partial<ShardPlanOptions> = {}) {
  const { master, replica } = await openScene(t)
  const folder = await tempFolder(t)
  const shared = join(folder, 'shared')
  await planShards({
    ...tablesOf({ master, replica }),
    ...{ writeMissing: true, dryRun: true, minMismatchAge: 0, shards: SHARDS, out: shared },
    ...options,
  })
  return { folder, shared, master, replica }
}

export const tablesOf = ({ master, replica }: Pick<Scene, 'master' | 'replica'>) => ({
  master: { table: master.label, endpoint: master.stub.endpoint },
  replicas: [{ table: replica.label, endpoint: replica.stub.endpoint }],
})

export async function doneShards(t: Test, options: Partial<ShardPlanOptions> = {}) {
  const run = await plannedShards(t, options)
  for (let shardIndex = 0; shardIndex < SHARDS; shardIndex++) {
    const { outcome } = await runShard({ folder: run.shared, shardIndex, ...QUICK })
    t.equal(outcome, 'complete')
  }
  return run
}

export const commitOf = (shared: string, shard: number) =>
  join(shared, 'commits', `shard-${shard}.json`)

/** The folder of the one attempt at a shard. */
export async function attemptOf(shared: string, shard: number): Promise<string> {
  const names = await readdir(join(shared, `shard-${shard}`))
  return join(shared, `shard-${shard}`, names.find((name) => name.startsWith('attempt-')) as string)
}
