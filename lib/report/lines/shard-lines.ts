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
  const last = shards === 1 ? '0' : `each of 0 to ${shards - 1}`
  return [
    `Planned: ${counted(shards, 'shard')} of ${counted(segments, 'segment')}, ${count(atOnce)} at a time, in ${folder}.`,
    '',
    `Do ${last}:  tablesync shard ${shellWord(folder)} --shard-index ${shards === 1 ? '0' : 'I'}`,
    `When all are done:  tablesync merge ${shellWord(folder)} --report report.ndjson`,
  ]
}

/** What only a run of several machines has. */
export function mergedLines({ shards, replicas }: Summary, journal: string | undefined): string[] {
  if (shards === undefined) return []
  const { count: all, uncommittedWrites: others } = shards
  const isWritten = Object.values(replicas).some(({ written }) => written > 0) || others > 0
  return [
    `merged  ${counted(all, 'shard')}`,
    ...(others > 0 ? [`        written by attempts that did not commit: ${count(others)}`] : []),
    ...(isWritten && journal === undefined
      ? ['        to be able to take it back: --journal FILE, then tablesync undo FILE']
      : []),
    ...(isWritten && journal !== undefined
      ? [`        to take it back: tablesync undo ${shellWord(journal)}`]
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
      return [`${name} is not complete, and another attempt would be stopped too`]
    case 'incomplete':
    case 'interrupted':
      return [...failed, `${name} is not complete: another attempt goes on from here`]
    default:
      return outcome satisfies never
  }
}
