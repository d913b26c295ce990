/** What `tablesync show` prints of a file, before its lines and after them. */
import type { FileEnd } from '../files/lines/checked-file.ts'
import { bytesText, count, counted } from '../model/figures.ts'
import type { FileKind } from '../model/files/header-and-footer.ts'
import type { ExportOfTable } from '../model/results/reverted-export.ts'
import { foundOf } from '../model/tally.ts'
import { attributesLine, WORD_OF_KIND } from '../report/lines/differences/kind-words.ts'
import { shellWord } from '../report/shell-word.ts'
import type { FileTotals } from './file-totals.ts'
import { footerOf, type ShownFile } from './shown-file.ts'

export const TITLE: { readonly [kind in FileKind]: string } = {
  report: 'Report',
  'repair-plan': 'Plan',
  'undo-journal': 'Journal',
}

export interface Shown extends Pick<ShownFile, 'file' | 'header'> {
  readonly totals: FileTotals
  /** Totals of the lines that are shown. Absent: all are. */
  readonly picked?: FileTotals | undefined
  readonly end: FileEnd
}

/** `Plan of run 77d3c377, 2026-11-28 14:02   us-east-1:Orders → eu-west-1:Orders` */
export function titleLine({ header }: Pick<ShownFile, 'header'>): string {
  const { tablesync, run, began, master, tables } = header
  const ofRun = run === undefined ? '' : ` of run ${run}`
  const when = began === undefined ? '' : `, ${began.slice(0, 16).replace('T', ' ')} UTC`
  const from = master === undefined ? '' : `${master.label} → `
  return `${TITLE[tablesync]}${ofRun}${when}   ${from}${Object.keys(tables).join(', ')}`
}

export function openingLines({ header, totals, picked, end }: Shown): string[] {
  const ofAll = picked === undefined ? '' : `   (of ${count(foundOf(totals.kinds))} in all)`
  const shown = picked ?? totals
  return [
    titleLine({ header }),
    ...exportLine(header.export),
    `${kindsText(header, shown)}${ofAll}${costText(shown)}`,
    ...attributesLine(shown.attributes),
    ...doneLine(header.tablesync, shown),
    ...endLines(header.tablesync, end),
    ...(foundOf(shown.kinds) === 0 ? [] : ['']),
  ]
}

const exportLine = (of: ExportOfTable | undefined) =>
  of === undefined ? [] : [`export      ${of.arn}   ${of.from} to ${of.to}`]

/** What a revert found written was written by others. */
function kindsText({ tablesync, export: of }: Shown['header'], { kinds }: FileTotals): string {
  const words = { ...WORD_OF_KIND[tablesync], ...(of !== undefined && { intro: 'to take back: ' }) }
  const { missing, differing, extra } = kinds
  return `${words.intro}${words.missing} ${count(missing)}   ${words.differing} ${count(differing)}   ${words.extra} ${count(extra)}`
}

function costText({ bytes, writeUnits, unsized }: FileTotals): string {
  if (writeUnits === 0) return ''
  const rest = unsized === 0 ? '' : `, and ${count(unsized)} of unknown size`
  return `   ${bytesText(bytes)}, ${counted(writeUnits, 'write unit')} (indexes on top)${rest}`
}

function doneLine(kind: FileKind, { actions }: FileTotals): string[] {
  const done = [...actions].filter(([action]) => action !== 'none')
  if (kind !== 'report' || done.length === 0) return []
  return [`done        ${done.map(([action, lines]) => `${action} ${count(lines)}`).join('   ')}`]
}

function endLines(kind: FileKind, end: FileEnd): string[] {
  const footer = footerOf(end)
  const torn = end.isTorn ? ' Its last line is torn.' : ''
  if (footer?.end !== undefined) return [`ended       ${footer.end}`]
  // A journal of version 1 has no footer.
  if (kind === 'undo-journal') return torn === '' ? [] : [torn.trim()]
  return [`The run that wrote it did not finish it: lines may be missing.${torn}`]
}

/**
 * How to go on with what is shown.
 *
 * @param picks the flags that picked it. Undefined: `apply` has none of the kind
 */
export function closingLines(
  { file, header, totals, picked }: Shown,
  picks: readonly string[] | undefined,
): string[] {
  const name = shellWord(file)
  if (foundOf((picked ?? totals).kinds) === 0) return []
  switch (header.tablesync) {
    case 'repair-plan': {
      if (picked !== undefined && picks === undefined) return []
      const words = ['tablesync', 'apply', name, ...(picks ?? []).map(shellWord)].join(' ')
      return [
        '',
        `Apply ${picked === undefined ? 'it' : 'these'} with: ${words} --journal undo.ndjson`,
      ]
    }
    case 'undo-journal':
      if (picked !== undefined) return []
      return ['', `Undo it with: tablesync undo ${name} --dry-run`]
    default:
      return []
  }
}
