/** Lines for people about an undo, or about a plan that is carried out. */
import type { RunEvent } from '../../model/events/events.ts'
import { count, counted } from '../../model/figures.ts'
import type { ReplicaSummary, Summary } from '../../model/results/summary.ts'
import { foundOf } from '../../model/tally.ts'
import { errorLines, OUTCOME, stopLines, waitedLines } from './ending-lines.ts'
import { ASKS, defaultKeysLines, tableLine } from './opening-lines.ts'

const DRY_RUN = '; dry run: nothing will be written'

const LAST_LINE_TORN =
  'warning the last line of the journal is incomplete and is skipped. Check that no more of the file is missing'
const NO_FOOTER =
  'warning the journal has no footer: the run that wrote it did not finish, or the end of the file is missing. Check that the file is complete'

export function undoLines(event: RunEvent & { type: 'undo' }): string[] {
  const { journal, writes, isTorn, isEnded, replicas, dryRun } = event
  return [
    `undo    ${journal}, ${counted(writes, 'write')}${dryRun ? DRY_RUN : ''}`,
    ...(isTorn ? [LAST_LINE_TORN] : []),
    ...(isTorn || isEnded ? [] : [NO_FOOTER]),
    ...replicas.map((replica) => tableLine('replica', replica)),
    ...defaultKeysLines(replicas),
  ]
}

export function readableLine({ file, mode }: RunEvent & { type: 'readable-by-others' }): string {
  const octal = mode.toString(8).padStart(4, '0')
  return `warning others can read ${file} (mode ${octal}), and the keys in it: chmod 600 keeps them out`
}

export function applyLines(event: RunEvent & { type: 'apply' }): string[] {
  const { plan, keys, dryRun, asksBeforeDeletions, ...tables } = event
  const asks = asksBeforeDeletions ? `; ${ASKS}` : ''
  return [
    `apply   ${plan}, ${counted(keys, 'key')}${asks}${dryRun ? DRY_RUN : ''}`,
    tableLine('master', tables.master),
    ...tables.replicas.map((replica) => tableLine('replica', replica)),
    ...defaultKeysLines([tables.master, ...tables.replicas]),
  ]
}

const WORDS = {
  undo: {
    unit: 'write',
    toDo: 'to undo',
    written: 'restored',
    deleted: 'deleted',
    resolved: 'already as they were',
    all: 'Undone',
    nothing: 'Nothing was left to undo',
    none: 'Nothing was undone: a dry run',
    some: 'Not all could be undone',
  },
  apply: {
    unit: 'repair',
    toDo: 'to repair',
    written: 'written',
    deleted: 'deleted',
    resolved: 'already in order',
    all: 'Applied',
    nothing: 'Nothing was left to apply',
    none: 'Nothing was applied: a dry run',
    some: 'Not all could be applied',
  },
}

const CHANGED = 'left alone because of later changes'

export type FileCommand = keyof typeof WORDS

/** What a write of the command does. Undefined: it compares. */
export const writtenWord = (command: FileCommand | 'compare') =>
  command === 'compare' ? undefined : WORDS[command].written

/** `156 of 602 writes`. */
export function doneText({
  command,
  done,
  of,
}: {
  command: FileCommand | 'compare'
  done: number
  of: number
}): string {
  const unit = command === 'compare' ? 'key' : WORDS[command].unit
  return `${count(done)} of ${counted(of, unit)}`
}

/** How much of a plan or a journal is done. */
export function doneLine(
  { tally, elapsedMs }: RunEvent & { type: 'progress' },
  work: { command: FileCommand; done: number; of: number; dryRun: boolean },
): string {
  const { command, dryRun } = work
  const words = WORDS[command]
  const replicas = Object.values(tally.replicas)
  const sum = (kind: 'written' | 'deleted' | 'changed') =>
    count(replicas.reduce((total, replica) => total + replica[kind], 0))
  const far = `${doneText(work)} in ${Math.round(elapsedMs / 1000)} s`
  const writes = `${sum('written')} ${words.written}, ${sum('deleted')} ${words.deleted}`
  return `${far}; ${dryRun ? '' : `${writes}, `}${sum('changed')} ${CHANGED}`
}

/** What was done of a journal or a plan, for each replica. */
export function doneLines(command: FileCommand, summary: Summary): string[] {
  const words = WORDS[command]
  const { dryRun, stopped } = summary
  const lines = Object.entries(summary.replicas).map(([label, replica]) => {
    const { written, deleted, changed } = replica
    const done = dryRun
      ? [`${count(leftToDo(replica))} ${words.toDo}`]
      : [`${count(written)} ${words.written}`, `${count(deleted)} ${words.deleted}`]
    const also = [
      `${count(inOrder(replica))} ${words.resolved}`,
      `${count(changed)} ${CHANGED}`,
      ...rareEndings(replica, dryRun),
      `${count(replica.failed)} failed`,
    ]
    return `${label}: ${[...done, ...also].join(', ')}`
  })
  lines.push(...waitedLines(summary))
  if (stopped !== undefined) return [...lines, ...errorLines(summary), ...stopLines(stopped)]
  return [...lines, ...errorLines(summary), `${verdictOf(command, summary)}.`]
}

function verdictOf(command: FileCommand, { outcome, dryRun, replicas }: Summary): string {
  const words = WORDS[command]
  if (outcome !== 'in-sync' && outcome !== 'different') return OUTCOME[outcome]
  if (dryRun) return words.none
  const all = Object.values(replicas)
  const isDone = all.some(({ written, deleted }) => written + deleted > 0)
  if (outcome === 'in-sync') return isDone ? words.all : words.nothing
  const notPicked = all.reduce((sum, replica) => sum + (replica.notPicked ?? 0), 0)
  const isAllPickedDone = all.every((replica) => notDone(replica) + replica.conflicts === 0)
  if (notPicked === 0 || !isAllPickedDone) return words.some
  return `${words.all} what was picked; ${counted(notPicked, 'key')} of the plan left as they are`
}

/** Keys with nothing left to do. */
const inOrder = ({ resolved, sameAs, converged, vanished, expired }: ReplicaSummary) =>
  resolved + sameAs + converged + vanished + expired

function rareEndings(replica: ReplicaSummary, isDryRun: boolean): string[] {
  const { deletionsWithheld: withheld } = replica
  const endings = [
    ['newer on the replica and left', replica.newer],
    ['in conflict', replica.conflicts],
    ['repaired in part', replica.torn],
    ['skipped by a hook', replica.skipped],
    [withheld === 1 ? 'deletion withheld' : 'deletions withheld', withheld],
    ['unverified', replica.unverified],
    ['not picked', replica.notPicked ?? 0],
    ['not reached', replica.unjudged + (isDryRun ? 0 : notDone(replica))],
  ] as const
  return endings.filter(([, n]) => n > 0).map(([what, n]) => `${count(n)} ${what}`)
}

/** Repairs that are neither done nor given up. */
function notDone(replica: ReplicaSummary): number {
  const { written, deleted, deletionsWithheld } = replica
  return Math.max(0, leftToDo(replica) - written - deleted - deletionsWithheld)
}

function leftToDo(replica: ReplicaSummary): number {
  const { resolved, conflicts, failed, skipped, torn } = replica
  return Math.max(0, foundOf(replica) - resolved - conflicts - failed - skipped - torn)
}
