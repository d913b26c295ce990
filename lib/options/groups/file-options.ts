/** Options of the files that a run writes, and of what they show: journal, plan, report. */
import { usageError } from '../../errors.ts'
import type { WriteFlags } from '../../model/difference.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../option.ts'
import { shown } from '../values/quoted-value.ts'

export const FILE_OPTIONS = {
  /**
   * Keep what a replica held before each write in this file, which must not
   * exist yet; `undoSync` brings it back. Compressed if the name ends in .gz.
   */
  journal: {
    flag: 'journal',
    notFor: ['shard-plan'],
    aliases: ['undo'],
    formerly: 'undo',
    kind: 'text',
    value: 'file',
    also: ['apply', 'revert', 'merge'],
    help: 'A new file (mode 0600) that keeps what a replica held before each write; tablesync undo FILE brings it back',
    helpFor: {
      revert: 'A new file (mode 0600) for the changes to take back; tablesync undo FILE does it',
    },
    more: '`--undo` is its old name.',
  },
  /**
   * Undo only the lines before the first one that is damaged or misplaced; the
   * outcome is `incomplete` then. @default false: such a journal is refused
   */
  allowDamaged: {
    flag: 'allow-damaged',
    kind: 'switch',
    consents: true,
    only: ['undo'],
    help: 'Undo only the lines before the first one that is damaged or misplaced',
  },
  /**
   * Write nothing to the tables. List in this file the repairs to make; `applySync`
   * makes those that are still true.
   */
  plan: {
    flag: 'plan',
    also: ['merge'],
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    help: 'Write nothing to the tables. List in this file (mode 0600) the repairs to make; tablesync apply FILE makes them',
  },
  /** Store the items of both sides in the plan, not only their digests. @default false */
  planItems: {
    flag: 'plan-items',
    notFor: ['shard-plan'],
    kind: 'switch',
    help: 'Store the items of both sides in the plan, not only their digests',
  },
  /** Write a line of JSON per difference to this file, created with mode 0600. Not to `-`. */
  report: {
    flag: 'report',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    mayBeStream: true,
    also: ['apply', 'undo', 'merge'],
    help: 'Write a line of JSON per difference to this file (mode 0600), or to stdout if it is -',
    more: '`-` cannot be combined with `--json`, `--checkpoint` and `--resume`. The lines stand between a header and a footer. A new file is readable by its owner alone. A file that was there is begun anew (except with `--resume`) and keeps its permissions, with a warning where others can read it.',
  },
  /**
   * Keep metrics of the run in this file, in Prometheus' text format: written anew every 15 seconds
   * and at the end, with mode 0644.
   */
  metricsFile: {
    flag: 'metrics-file',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    also: ['apply', 'undo'],
    help: "Keep metrics of the run in this file (mode 0644), for the textfile collector of Prometheus' node exporter",
    more: 'The file is replaced every 15 seconds and at the end of the run. The collector reads names that end in `.prom`.',
  },
  /** Write a page about the run to this file, created with mode 0600, when the run ends. */
  html: {
    flag: 'html',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    also: ['apply', 'undo', 'show', 'merge'],
    help: 'Write a page for people to this file (mode 0600) when the run ends; show writes one about an earlier report',
    more: 'It is one file without scripts that loads nothing: see [the page](page.md).',
  },
  /**
   * Give the values on both sides with each difference. They are data of the tables: reports and
   * logs contain them then. @default false: paths, types and counts only
   */
  showValues: {
    flag: 'show-values',
    kind: 'switch',
    also: ['apply', 'undo'],
    help: 'Print each difference, and show the values on both sides, in the report too',
    more: 'Without it, no value of an attribute appears anywhere but in a plan with items and in a journal. Keys and names of attributes are always shown.',
  },
} as const satisfies Group

export type FileOptions = OptionsOf<typeof FILE_OPTIONS>

export interface FileSettings {
  /** Undefined: none is kept. */
  readonly journal: string | undefined
  readonly repairPlan: { readonly file: string; readonly withItems: boolean } | undefined
  readonly report: string | undefined
  readonly html: string | undefined
  /** Undefined: none are kept. */
  readonly metricsFile: string | undefined
  readonly showValues: boolean
}

/** @param asked what would be written but for a dry run */
export function resolveFiles(
  given: FileOptions & { readonly writeMissing?: boolean },
  asked: WriteFlags,
  spelling: Spelling,
): FileSettings {
  const { journal, plan, planItems, report, html, metricsFile, showValues } = filled(
    FILE_OPTIONS,
    given,
  )
  if (report?.endsWith('.gz')) {
    throw usageError(
      `Expected \`${spelling('report')}\` to be a name without .gz, got ${shown(report)}`,
      'A report is written as it grows. Compress it afterwards: `show` reads it all the same.',
    )
  }
  if (planItems && plan === undefined) {
    throw usageError(
      `Expected \`${spelling('planItems')}\` to come with \`${spelling('plan')}\`, got it alone`,
      `Add \`${spelling('plan')}\` with a file name.`,
    )
  }
  if (plan !== undefined && journal !== undefined) {
    throw usageError(
      `Expected \`${spelling('journal')}\` without \`${spelling('plan')}\`, which writes nothing to be undone; got both`,
      `Leave \`${spelling('journal')}\` out here, and give it to \`tablesync apply\`.`,
    )
  }
  if (!Object.values(asked).includes(true)) {
    const flags = ['writeMissing', 'writeDiffering', 'deleteExtra'].map(spelling)
    const alone = (name: string, what: string) =>
      usageError(
        `Expected \`${spelling(name)}\` to come with a flag that says what to ${what}, got none`,
        given.writeMissing === true
          ? `Add \`${spelling('missingItems')} whole\`: with parts of items, missing ones are left.`
          : `Add at least one of ${flags.join(', ')}.`,
      )
    if (plan !== undefined) throw alone('plan', 'plan')
    if (journal !== undefined) throw alone('journal', 'write')
  }
  const repairPlan = plan === undefined ? undefined : { file: plan, withItems: planItems }
  return { journal, repairPlan, report, html, metricsFile, showValues }
}
