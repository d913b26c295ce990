/** An undo, or a plan carried out, in sentences for people. */
import type { RunEvent } from '../model/events.ts'
import type { ReplicaSummary, Summary } from '../model/summary.ts'
import { errorLines, OUTCOME, stopLines } from './ending.ts'
import { count } from './figures.ts'
import { tableLine } from './wording.ts'

export function undoLines(event: RunEvent & { type: 'undo' }): string[] {
  const { journal, writes, isTorn, replicas } = event
  return [
    `undo    ${journal}, ${count(writes)} writes`,
    ...(isTorn ? ['warning its last line is torn, and is passed over: is this all of it?'] : []),
    ...replicas.map((replica) => tableLine('replica', replica)),
  ]
}

export function applyLines({ plan, keys, ...tables }: RunEvent & { type: 'apply' }): string[] {
  return [
    `apply   ${plan}, ${count(keys)} keys`,
    tableLine('master', tables.master),
    ...tables.replicas.map((replica) => tableLine('replica', replica)),
  ]
}

const WORDS = {
  undo: {
    toDo: 'to bring back or take away again',
    written: 'brought back',
    deleted: 'taken away again',
    resolved: 'already as they were',
    all: 'Undone',
    none: 'Nothing was undone: a dry run',
    some: 'Not all could be undone',
  },
  apply: {
    toDo: 'to repair',
    written: 'written',
    deleted: 'deleted',
    resolved: 'already in order',
    all: 'Applied',
    none: 'Nothing was applied: a dry run',
    some: 'Not all could be applied',
  },
}

/** What was done of a journal or a plan, per replica. */
export function doneLines(command: keyof typeof WORDS, summary: Summary): string[] {
  const words = WORDS[command]
  const { outcome, dryRun, stopped } = summary
  const lines = Object.entries(summary.replicas).map(([label, replica]) => {
    const { written, deleted, changed, conflicts, failed } = replica
    const done = dryRun
      ? [`${count(leftToDo(replica))} ${words.toDo}`]
      : [`${count(written)} ${words.written}`, `${count(deleted)} ${words.deleted}`]
    const also = [
      `${count(inOrder(replica))} ${words.resolved}`,
      `${count(changed)} changed since and left`,
      ...(conflicts > 0 ? [`${count(conflicts)} in conflict`] : []),
      `${count(failed)} failed`,
    ]
    return `${label}: ${[...done, ...also].join(', ')}`
  })
  if (stopped !== undefined) return [...lines, ...errorLines(summary), ...stopLines(stopped)]
  const remains = dryRun ? words.none : words.some
  const verdict =
    outcome === 'in-sync'
      ? dryRun
        ? words.none
        : words.all
      : outcome === 'different'
        ? remains
        : OUTCOME[outcome]
  return [...lines, ...errorLines(summary), `${verdict}.`]
}

const inOrder = ({ resolved, sameAs, vanished, expired, newer }: ReplicaSummary) =>
  resolved + sameAs + vanished + expired + newer

function leftToDo(replica: ReplicaSummary): number {
  const { missing, differing, extra, resolved, conflicts, failed } = replica
  return missing + differing + (extra ?? 0) - resolved - conflicts - failed
}
