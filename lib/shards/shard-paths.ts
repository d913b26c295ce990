/** Where everything lies in the folder that shards share. */
import { join, relative, sep } from 'node:path'

export const runFile = (folder: string) => join(folder, 'run.json')

export const shardFolder = (folder: string, shard: number) => join(folder, `shard-${shard}`)

/** All commits lie in one folder: a shard counts them often, and reads its names alone. */
export const commitsFolder = (folder: string) => join(folder, 'commits')

export const commitFile = (folder: string, shard: number) =>
  join(commitsFolder(folder), `shard-${shard}.json`)

/** The shard of a commit, by its name. Undefined: it is another file. */
export function committedShardOf(name: string): number | undefined {
  const [, number] = /^shard-(\d{1,5})\.json$/.exec(name) ?? []
  return number === undefined ? undefined : Number(number)
}

export const attemptFolder = (folder: string, shard: number, attempt: string) =>
  join(shardFolder(folder, shard), `attempt-${attempt}`)

/** Where an attempt is made ready: no other counts it as one. */
export const unreadyFolder = (folder: string, shard: number, attempt: string) =>
  join(shardFolder(folder, shard), `unready-${attempt}`)

/** The number in the name of a shard's folder. Undefined: it is another folder. */
export function shardOf(name: string): number | undefined {
  const [, number] = /^shard-(\d{1,5})$/.exec(name) ?? []
  return number === undefined ? undefined : Number(number)
}

/** The id in the name of an attempt's folder. Undefined: it is another folder. */
export const attemptOf = (name: string): string | undefined =>
  /^attempt-([0-9a-f-]{36})$/.exec(name)?.[1]

/** Files that an attempt keeps in its folder. */
export const NAMES = {
  attempt: 'attempt.json',
  checkpoint: 'checkpoint.json',
  report: 'report.ndjson',
  journal: 'journal.ndjson',
  plan: 'plan.ndjson',
  metrics: 'metrics.prom',
  result: 'result.json',
} as const

export const journalOf = (folder: string, shard: number, attempt: string) =>
  join(attemptFolder(folder, shard, attempt), NAMES.journal)

/**
 * Whether a file is one of the run's own: its plan, a commit, or in the folder of a shard. Both are
 * paths without links.
 */
export function isOfShards(folder: string, file: string): boolean {
  const [first = '', ...rest] = relative(folder, file).split(sep)
  if (rest.length === 0) return first === 'run.json'
  return first === 'commits' || shardOf(first) !== undefined
}
