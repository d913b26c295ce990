/** What `tablesync revert` says while it reads an export, and at its end. */
import { count, counted } from '../../model/figures.ts'
import type {
  ChangeCounts,
  ExportOfTable,
  RevertedExport,
} from '../../model/results/reverted-export.ts'
import type { InspectedTable } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import { shellWord } from '../shell-word.ts'

const TOLD_EVERY: Milliseconds = 10_000

export interface RevertTalk {
  onExport(of: ExportOfTable, table: InspectedTable, changes: number): void
  onCounts(counts: ChangeCounts): void
  conclude(done: RevertedExport): void
}

export function revertTalk(
  tell: (line: string) => void,
  now: () => Milliseconds = Date.now,
): RevertTalk {
  let all = 0
  let toldAt = now()
  return {
    onExport(of, { ref }, changes) {
      all = changes
      toldAt = now()
      tell(`export  ${of.arn}`)
      tell(`window  ${of.from} to ${of.to}   ${counted(changes, 'changed key')}`)
      tell(`replica ${ref.label}${ref.endpoint === undefined ? '' : `   at ${ref.endpoint}`}`)
    },
    onCounts(counts) {
      if (now() - toldAt < TOLD_EVERY) return
      toldAt = now()
      tell(`read    ${count(counts.changes)} of ${count(all)}, ${count(counts.selected)} selected`)
    },
    conclude(done) {
      for (const line of conclusion(done)) tell(line)
    },
  }
}

/** Each kind of change that is not in the journal, by what is said of it. */
const LEFT: readonly (readonly [Exclude<keyof ChangeCounts, 'changes' | 'selected'>, string])[] = [
  ['unselected', 'not selected by your hooks'],
  ['unchanged', 'at the end as at the start'],
  ['expired', 'had expired when deleted (--with-expired brings them back)'],
  ['tooWide', 'too wide: more attributes than one condition can compare'],
]

function conclusion(done: RevertedExport): string[] {
  if (done.outcome === 'interrupted') return ['Interrupted. No journal is left.']
  const left = LEFT.filter(([name]) => done[name] > 0)
  const next =
    done.selected === 0
      ? []
      : [
          '',
          `Look at it:    tablesync show ${shellWord(done.journal)}`,
          `Take it back:  tablesync undo ${shellWord(done.journal)} --dry-run`,
          'An undo brings back what an item was when the window began. Later writes in the window go too; writes after it stay.',
        ]
  return [
    `journal ${done.journal}   ${count(done.selected)} of ${counted(done.changes, 'change')} selected`,
    ...left.map(([name, why]) => `left    ${count(done[name])} ${why}`),
    ...next,
  ]
}
