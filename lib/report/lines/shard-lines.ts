/** What the commands of shards say at their end. */
import { count, counted } from '../../model/figures.ts'
import type { DoneShard, PlannedShards } from '../../model/results/shard-results.ts'
import type { Summary } from '../../model/results/summary.ts'
import { shellWord } from '../shell-word.ts'
import { stopLines } from './ending-lines.ts'

export function plannedLines(planned: PlannedShards): string[] {
  const { outcome, folder, shards, atOnce, segments = 0, stopped } = planned
  if (stopped !== undefined) return stopLines(stopped)
  if (outcome === 'interrupted') return ['Interrupted. No run is planned.']
  const { master, replicas = [], writes = [], paces = [] } = planned
  const does = writes.length === 0 ? 'nothing will be written' : `will ${writes.join(', ')}`
  return [
    `master  ${master}`,
    ...replicas.map((replica) => `replica ${replica}`),
    ...paces.map((pace) => `        ${pace}`),
    `Planned: ${counted(shards, 'shard')}, ${count(atOnce)} at a time, ${counted(segments, 'segment')} in all; ${does}.`,
    '',
    ...(shards === 1
      ? [`Do it:  tablesync shard ${shellWord(folder)} --shard-index 0`]
      : [
          `Do each, I from 0 to ${shards - 1}:  tablesync shard ${shellWord(folder)} --shard-index I`,
        ]),
    `When all are done:  tablesync merge ${shellWord(folder)} --report report.ndjson`,
  ]
}

interface Merged {
  /** The files that were asked for. Undefined: none. */
  readonly journal: string | undefined
  readonly plan: string | undefined
  readonly isDryRun: boolean
}

/** What only a run of several machines has. */
export function mergedLines(
  { shards, replicas }: Summary,
  { journal, plan, isDryRun }: Merged,
): string[] {
  if (shards === undefined) return []
  const { count: all, uncommittedWrites: others } = shards
  const isWritten = Object.values(replicas).some(({ written }) => written > 0) || others > 0
  const extras = Object.values(replicas).reduce((sum, { extra }) => sum + (extra ?? 0), 0)
  return [
    `merged  ${counted(all, 'shard')}`,
    ...(others > 0 ? [`        written by attempts that did not commit: ${count(others)}`] : []),
    ...(isWritten && journal === undefined
      ? ['        to be able to take it back: --journal FILE, then tablesync undo FILE']
      : []),
    ...(isWritten && journal !== undefined
      ? [`        to take it back: tablesync undo ${shellWord(journal)}`]
      : []),
    ...(extras > 0 && !isDryRun && plan === undefined
      ? ['        shards delete nothing: --plan FILE lists what is extra, for tablesync apply FILE']
      : []),
  ]
}

export function shardLines({ outcome, folder, shard, shards, errors }: DoneShard): string[] {
  const name = `shard   ${shard} of ${shards}`
  const failed = errors.flatMap(({ message, hint }) => [
    `error   ${message}`,
    ...(hint === undefined ? [] : [`        ${hint}`]),
  ])
  switch (outcome) {
    case 'complete':
      return [`${name} is complete; when all are: tablesync merge ${shellWord(folder)}`]
    case 'complete-before':
      return [`${name} is complete: another attempt has committed it. Nothing is left to do.`]
    case 'stopped':
      return [`${name} is not complete: it goes on once its limit is raised`]
    case 'incomplete':
    case 'interrupted':
      return [...failed, `${name} is not complete: another attempt goes on from here`]
    default:
      return outcome satisfies never
  }
}
