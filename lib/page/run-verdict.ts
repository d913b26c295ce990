/** How a run ended, in one sentence, and what stands against a better one. */
import { count, counted } from '../model/figures.ts'
import type { ReplicaSummary, Summary } from '../model/results/summary.ts'
import { itemsRead, remainingDifferences } from '../model/tally.ts'
import { errorLines, OUTCOME, stopLines } from '../report/lines/ending-lines.ts'
import { passesLines, unprovenVerdict } from '../report/lines/pass-lines.ts'
import { sampleLines, sampleVerdict } from '../report/lines/sample-lines.ts'
import type { ReplicaCounts, Verdict } from './page-data.ts'
import type { Subject } from './subjects.ts'

export type Ended = Pick<
  Summary,
  'outcome' | 'replicas' | 'errors' | 'stopped' | 'passes' | 'sample'
>

export function verdictOf(ended: Ended, subject: Subject): Verdict {
  const { outcome, replicas, stopped } = ended
  const all = Object.values(replicas)
  const noExtras = all.some(({ extra }) => extra === null)
  return {
    sentence: unprovenVerdict(ended) ?? sampleVerdict(ended) ?? sentenceOf(ended, all, subject),
    more: [
      ...(stopped === undefined ? [] : stopLines(stopped).slice(1)),
      ...passesLines(ended),
      ...sampleLines(ended).map((line) => line.replace(/^limits /, '')),
      ...errorLines({ ...ended } as Summary),
      ...(outcome === 'in-sync' && noExtras ? ['Extras were not looked for.'] : []),
    ].map((line) => line.replace(/^error /, '').trim()),
  }
}

function sentenceOf(
  { outcome, stopped }: Ended,
  replicas: readonly ReplicaSummary[],
  { done, inSync, left }: Subject,
): string {
  const sum = (of: (replica: ReplicaSummary) => number) =>
    replicas.reduce((total, replica) => total + of(replica), 0)
  if (stopped !== undefined) return stopLines(stopped)[0] as string
  switch (outcome) {
    case 'in-sync': {
      const [written, deleted] = [sum((one) => one.written), sum((one) => one.deleted)]
      if (written + deleted === 0) return `${inSync}.`
      return `${done}: ${count(written)} written, ${count(deleted)} deleted. ${inSync}.`
    }
    case 'different': {
      const items = sum(itemsRead)
      return `${left}: ${count(sum(remainingDifferences))} of ${counted(items, 'item')}.`
    }
    case 'incomplete': {
      const open = sum(({ unverified, unjudged }) => unverified + unjudged)
      if (open > 0) return `Incomplete: ${counted(open, 'item')} could not be judged.`
      return `${OUTCOME.incomplete}.`
    }
    default:
      return `${OUTCOME[outcome]}.`
  }
}

/** Shown only where there are some. */
const ALSO = [
  ['written', 'written'],
  ['deleted', 'deleted'],
  ['resolved', 'gone before repair'],
  ['skipped', 'skipped by a hook'],
  ['conflicts', 'in conflict'],
  ['failed', 'failed'],
  ['torn', 'repaired in part'],
  ['deletionsWithheld', 'deletions withheld'],
  ['converged', 'caught up'],
  ['newer', 'newer on the replica'],
  ['expired', 'expired'],
  ['vanished', 'gone since the scan'],
  ['changed', 'changed since'],
  ['unverified', 'unverified'],
  ['unjudged', 'not judged yet'],
  ['unconfirmed', 'unconfirmed'],
  ['lostSegments', 'segments not compared'],
] as const satisfies readonly (readonly [keyof ReplicaSummary, string])[]

export function countsOf(replicas: Summary['replicas']): ReplicaCounts[] {
  return Object.entries(replicas).map(([replica, summary]) => ({
    replica,
    counts: [
      { name: 'the same', count: summary.sameAs },
      ...(['missing', 'differing', 'extra'] as const).map((name) => ({
        ...{ name, count: summary[name] },
      })),
      ...ALSO.flatMap(([field, name]) =>
        summary[field] > 0 ? [{ name, count: summary[field] }] : [],
      ),
    ],
  }))
}
