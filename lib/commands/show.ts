/** What `tablesync show` does: reads a file of an earlier run, and prints it for people or programs. */
import { usageError } from '../errors.ts'
import { refuseSharedFiles } from '../files/distinct-files.ts'
import type { FileEnd } from '../files/lines/checked-file.ts'
import type { Spelling } from '../options/option.ts'
import type { ShowOptions } from '../options/run-options.ts'
import { FirstDifferences } from '../page/first-differences.ts'
import { refuseUnwritablePage, writePage } from '../page/page-file.ts'
import { differenceLines } from '../report/lines/differences/difference-lines.ts'
import { plainOf } from '../report/styled-line.ts'
import { keysGiven } from '../selection/key-lines.ts'
import { isPicked, type Picked, picked } from '../selection/selection.ts'
import { TotalsOfLines } from '../show/file-totals.ts'
import { jsonOfShown, jsonOfSince } from '../show/show-json.ts'
import { closingLines, openingLines, type Shown } from '../show/show-lines.ts'
import { openShown, type ShownFile, type ShownLine } from '../show/shown-file.ts'
import { compareReports } from '../show/since.ts'
import { sinceLines } from '../show/since-lines.ts'
import { pageOfFile } from './page-of-file.ts'

export interface ShowOutput {
  /** Prints a line. Settles with false where nobody reads any more. */
  line(text: string): Promise<boolean>
}

export interface ShowContext {
  readonly spelling: Spelling
  readonly output: ShowOutput
  readonly asJson: boolean
  /** Of tablesync. */
  readonly version: string
}

const DIFFERENCES_FOUND = 1

/**
 * @returns the exit code
 * @throws TablesyncError with code `USAGE` where a file cannot be shown
 */
export async function show(
  options: ShowOptions,
  { spelling, output, asJson, version }: ShowContext,
): Promise<number> {
  if (options.html !== undefined) await refusePage(options, options.html, spelling)
  const file = await openShown(options.file)
  const pick = pickOf(options, file, spelling)
  if (options.since !== undefined) {
    const since = await compareReports(file, await openShown(options.since), (line) =>
      isPicked(pick, line),
    )
    const context = { now: file, since }
    await printAll(output, asJson ? jsonOfSince(context) : sinceLines(context, linesOf(file)))
    return since.counts.fresh > 0 ? DIFFERENCES_FOUND : 0
  }
  const shown = await totalsOf(file, pick)
  if (options.html !== undefined) {
    await writePageOf(shown, options.html, linesPicked(file, pick), { spelling, version })
    if (!asJson) {
      await printAll(output, [...openingLines(shown), `page        ${options.html}`])
      return 0
    }
  }
  await printAll(
    output,
    asJson
      ? jsonOfShown(shown, linesPicked(file, pick))
      : textOf(shown, file, pick, picksOf(options)),
  )
  return 0
}

/** @throws TablesyncError where the page could not be written */
async function refusePage(
  { file, since }: ShowOptions,
  html: string,
  spelling: Spelling,
): Promise<void> {
  if (since !== undefined) {
    throw usageError(
      `Expected \`${spelling('html')}\` without \`${spelling('since')}\`, got both`,
      'Leave one of the two out: a page is about one file.',
    )
  }
  await refuseSharedFiles({ files: { file, [spelling('html')]: html } })
  await refuseUnwritablePage(html)
}

async function writePageOf(
  shown: Shown,
  html: string,
  picked: AsyncIterable<ShownLine>,
  { spelling, version }: Pick<ShowContext, 'spelling' | 'version'>,
): Promise<void> {
  const lines = new FirstDifferences()
  for await (const line of picked) lines.add(line)
  await writePage(html, pageOfFile({ ...shown, lines }, spelling, version))
}

function pickOf(options: ShowOptions, { header }: ShownFile, spelling: Spelling): Picked {
  const [first] = Object.values(header.tables)
  if (first === undefined)
    throw usageError('Expected a file of at least one table, got none', 'Name another file.')
  const flags = { kind: spelling('kind'), attribute: spelling('attribute') }
  if (header.tablesync === 'undo-journal' && (options.attribute ?? []).length > 0) {
    throw usageError(
      `Expected \`${flags.attribute}\` with a report or a plan, got a journal`,
      'A journal holds whole items, and no list of what changed. Leave it out.',
    )
  }
  const schema = first.keySchema
  const replicas = new Map(Object.keys(header.tables).map((label) => [label, undefined]))
  const listed = keysGiven(
    options.key ?? [],
    { schema, replicas, masterId: undefined },
    spelling('key'),
  )
  return picked({ ...options, keys: listed.map(({ key }) => key), schema }, flags)
}

async function totalsOf(file: ShownFile, pick: Picked): Promise<Shown> {
  const totals = new TotalsOfLines()
  const ofPicked = new TotalsOfLines()
  let end: FileEnd | undefined
  const onEnd = (read: FileEnd) => {
    end = read
  }
  let isAll = true
  for await (const line of file.lines(onEnd)) {
    totals.add(line)
    if (isPicked(pick, line)) ofPicked.add(line)
    else isAll = false
  }
  return { ...file, totals, picked: isAll ? undefined : ofPicked, end: end as FileEnd }
}

async function* linesPicked(file: ShownFile, pick: Picked): AsyncGenerator<ShownLine> {
  for await (const line of file.lines()) if (isPicked(pick, line)) yield line
}

/** The flags with which `apply` picks the same. Undefined: it picks no single keys. */
function picksOf({ kind = [], attribute = [], key }: ShowOptions): string[] | undefined {
  if (key !== undefined) return undefined
  const flagged = (flag: string, values: readonly string[]) =>
    values.flatMap((value) => [flag, value])
  return [...flagged('--kind', kind), ...flagged('--attribute', attribute)]
}

async function* textOf(
  shown: Shown,
  file: ShownFile,
  pick: Picked,
  picks: readonly string[] | undefined,
): AsyncGenerator<string> {
  yield* openingLines(shown)
  const text = linesOf(file)
  for await (const line of linesPicked(file, pick)) yield* text(line)
  yield* closingLines(shown, picks)
}

/** Each line as a run prints it, with its values if the file has them. */
function linesOf({ header }: ShownFile): (line: ShownLine) => string[] {
  const namesReplica = Object.keys(header.tables).length > 1
  return (line) =>
    differenceLines(line, {
      namesReplica,
      withValues: line.changes?.some(({ values }) => values !== undefined) === true,
    }).map(plainOf)
}

async function printAll(
  output: ShowOutput,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  for await (const line of lines) if (!(await output.line(line))) return
}
