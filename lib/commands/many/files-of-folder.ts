/** Plans or journals of a folder, applied or undone one after another. */
import { basename } from 'node:path'
import { usageError } from '../../errors.ts'
import { BESIDE_CHECKPOINT } from '../../files/distinct-files.ts'
import { filesIn } from '../../files/folder.ts'
import { CALLED, kindOfFile } from '../../files/own-file.ts'
import type { PairsSummary } from '../../model/results/pairs-summary.ts'
import { newRunIdentity } from '../../model/run-identity.ts'
import type { ApplyOptions, UndoOptions } from '../../options/run-options.ts'
import { filesOfPair, refuseSharedOutput } from '../../pairs/pair-files.ts'
import { openShown, type ShownHeader } from '../../show/shown-file.ts'
import { apply } from '../apply.ts'
import type { Caller } from '../caller.ts'
import { undo } from '../undo.ts'
import { type ManyListeners, manyRuns, type OneOfMany } from './many-runs.ts'

type Options = Readonly<Record<string, unknown>>

export interface FolderGiven extends ManyListeners {
  readonly command: 'apply' | 'undo'
  readonly folder: string
  /** Of each file. */
  readonly options: Options
}

interface FileOfFolder {
  readonly file: string
  readonly name: string
  readonly header: ShownHeader
}

const COMMANDS = {
  apply: { field: 'plan', kind: 'repair-plan', what: 'plan' },
  undo: { field: 'journal', kind: 'undo-journal', what: 'journal' },
} as const

/**
 * Plans are applied in the order in which they were written. Journals are undone from the latest to
 * the first: each takes back what its run did to what the runs before it had left.
 *
 * @throws TablesyncError where the folder holds none, or a file that is not of tablesync; nothing was
 * done then
 */
export async function folderOf(given: FolderGiven, caller: Caller): Promise<PairsSummary> {
  const { command, folder, options, ...listeners } = given
  const { field } = COMMANDS[command]
  const identity = caller.identity ?? newRunIdentity()
  const files = await ofKind(command, folder)
  const each = files.map(({ file, name, header }) => ({
    ...{ name, header },
    options: { ...filesOfPair(options, name), [field]: file } as Options,
  }))
  refuseSharedOutput(
    each.map(({ name, options: { [field]: _, ...others } }) => ({ name, options: others })),
    caller.spelling,
  )
  const { identity: _, ...one } = caller
  const runs = each.map(({ name, header, options: own }): OneOfMany => {
    const { master, tables } = header
    return {
      name,
      ...(master !== undefined && command === 'apply' && { master: master.label }),
      replicas: Object.keys(tables),
      run: (listening) => {
        const run = { ...own, ...listening } as unknown
        return command === 'apply' ? apply(run as ApplyOptions, one) : undo(run as UndoOptions, one)
      },
    }
  })
  return manyRuns({ identity, runs, atOnce: 1 }, listeners)
}

async function ofKind(command: FolderGiven['command'], folder: string): Promise<FileOfFolder[]> {
  const { kind, what } = COMMANDS[command]
  const found: FileOfFolder[] = []
  const names = await filesIn(folder).catch((error: Error) => {
    throw usageError(`Cannot read the folder ${folder}: ${error.message}`, `Name a ${what}.`)
  })
  const others = new Set<string>()
  for (const file of names) {
    if (BESIDE_CHECKPOINT.test(basename(file))) continue
    const known = await kindOfFile(file)
    if (known === 'checkpoint' || known === 'write-log') {
      others.add(CALLED[known])
      continue
    }
    const { header } = await openShown(file)
    if (header.tablesync === kind) found.push({ file, name: '', header })
    else others.add(CALLED[header.tablesync])
  }
  if (found.length > 0) return inOrder(withNames(found), command)
  throw usageError(
    `Expected the folder ${folder} to hold a ${what}, got ${others.size === 0 ? 'no file' : [...others].join(', ')}`,
    `Name a ${what}, or the folder where the ${what}s of a run lie.`,
  )
}

/** Without its ending, unless two would be called the same. */
function withNames(files: readonly FileOfFolder[]): FileOfFolder[] {
  const short = files.map(({ file }) => basename(file).replace(/(\.ndjson)?(\.gz)?$/, ''))
  return files.map((one, at) => {
    const name = short[at] as string
    const isOne = short.filter((other) => other === name).length === 1
    return { ...one, name: isOne ? name : basename(one.file) }
  })
}

function inOrder(files: FileOfFolder[], command: FolderGiven['command']): FileOfFolder[] {
  const byTime = files.sort((a, b) => ((a.header.began ?? '') < (b.header.began ?? '') ? -1 : 1))
  return command === 'undo' ? byTime.reverse() : byTime
}
